package bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Starting actors that then wait, and what each of them takes. */
final class Spawning {
  record SpawnAll(int actors, CountDownLatch done) {}

  /** A first tenth is started unmeasured, as the compiler needs it. */
  static void rate(Bench bench) throws Exception {
    int actors = bench.size("actors");
    ActorRef<SpawnAll> parent = bench.spawn(parent());
    spawnAll(parent, actors / 10);
    long start = System.nanoTime();
    spawnAll(parent, actors);
    Bench.figure("spawn", "actors/s", actors / Bench.secondsSince(start));
  }

  /**
   * Only the heap is told: the JVM takes its heap from the operating system in advance and in big
   * steps, so that resident memory says nothing about one actor.
   */
  static void bytes(Bench bench) throws Exception {
    int actors = bench.size("actors");
    ActorRef<SpawnAll> parent = bench.spawn(parent());
    long before = usedBytes();
    spawnAll(parent, actors);
    Bench.figure("idle actor, heap", "bytes", (double) (usedBytes() - before) / actors);
  }

  private static void spawnAll(ActorRef<SpawnAll> parent, int actors) throws InterruptedException {
    var done = new CountDownLatch(1);
    parent.tell(new SpawnAll(actors, done));
    done.await();
  }

  private static Behavior<SpawnAll> parent() {
    return Behaviors.receive(
        (context, order) -> {
          Behavior<String> idle = Behaviors.setup(Idle::new);
          for (int i = 0; i < order.actors(); i++) context.spawnAnonymous(idle);
          order.done().countDown();
          return Behaviors.same();
        });
  }

  /** The actors are still starting on the other threads when the parent is done, hence the pauses. */
  private static long usedBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      Thread.sleep(Duration.ofMillis(500).toMillis());
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final class Idle extends AbstractBehavior<String> {
    Idle(ActorContext<String> context) {
      super(context);
    }

    @Override
    public Receive<String> createReceive() {
      return newReceiveBuilder().onAnyMessage(message -> Behaviors.stopped()).build();
    }
  }

  private Spawning() {}
}
