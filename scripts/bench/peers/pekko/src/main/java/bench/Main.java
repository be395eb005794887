package bench;

import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.SpawnProtocol;

/**
 * The workloads of scripts/bench for Pekko typed, one per process:
 * {@code java bench.Main ping-pong rounds=3 messages=2000000}.
 * Each prints its figures as JSON, one object a line, under the names the runner knows.
 */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    Map<String, Integer> sizes = new HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      String[] parts = arguments[i].split("=");
      sizes.put(parts[0], Integer.valueOf(parts[1]));
    }
    ActorSystem<SpawnProtocol.Command> system = start();
    run(arguments[0], new Bench(system, sizes));
    system.terminate();
  }

  /** Default settings, but for the log: the restarts would fill it. */
  private static ActorSystem<SpawnProtocol.Command> start() {
    var quiet = ConfigFactory.parseMap(Map.of("pekko.loglevel", "OFF", "pekko.stdout-loglevel", "OFF"));
    return ActorSystem.create(SpawnProtocol.create(), "bench", quiet.withFallback(ConfigFactory.load()));
  }

  private static void run(String workload, Bench bench) throws Exception {
    switch (workload) {
      case "ping-pong" -> PingPong.run(bench);
      case "ring" -> Ring.run(bench);
      case "fan-in" -> FanIn.run(bench);
      case "drain" -> Drain.run(bench);
      case "spawn" -> Spawning.rate(bench);
      case "idle-actor" -> Spawning.bytes(bench);
      case "ask" -> Asks.oneAtATime(bench);
      case "ask-in-flight" -> Asks.inFlight(bench);
      case "restart" -> Restarts.run(bench);
      default -> throw new IllegalArgumentException("No such workload: " + workload);
    }
  }

  private Main() {}
}
