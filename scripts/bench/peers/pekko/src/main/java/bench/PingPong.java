package bench;

import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Two actors answer each other; the ping carries the address to answer to. */
final class PingPong {
  record Ping(ActorRef<Pong> from) {}

  enum Pong {
    PONG
  }

  static void run(Bench bench) throws Exception {
    int trips = bench.size("messages") / 2;
    double seconds = bench.lastRound(() -> play(bench, trips));
    Bench.figure("ping-pong", "messages/s", 2.0 * trips / seconds);
  }

  private static double play(Bench bench, int trips) throws Exception {
    var done = new CountDownLatch(1);
    ActorRef<Ping> ponger = bench.spawn(ponger());
    ActorRef<Pong> pinger = bench.spawn(Behaviors.setup(context -> new Pinger(context, ponger, trips, done)));
    long start = System.nanoTime();
    pinger.tell(Pong.PONG);
    done.await();
    return Bench.secondsSince(start);
  }

  private static Behavior<Ping> ponger() {
    return Behaviors.receiveMessage(
        ping -> {
          ping.from().tell(Pong.PONG);
          return Behaviors.same();
        });
  }

  private static final class Pinger extends AbstractBehavior<Pong> {
    private final ActorRef<Ping> ponger;
    private final CountDownLatch done;
    private int left;

    Pinger(ActorContext<Pong> context, ActorRef<Ping> ponger, int trips, CountDownLatch done) {
      super(context);
      this.ponger = ponger;
      this.done = done;
      this.left = trips;
    }

    @Override
    public Receive<Pong> createReceive() {
      return newReceiveBuilder().onAnyMessage(pong -> answer()).build();
    }

    private Behavior<Pong> answer() {
      if (left-- > 0) ponger.tell(new Ping(getContext().getSelf()));
      else done.countDown();
      return this;
    }
  }

  private PingPong() {}
}
