package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** An actor throws, is restarted by its supervision, and answers; then the next one. */
final class Restarts {
  interface Message {}

  record Crash() implements Message {}

  record Add(int number, ActorRef<Integer> replyTo) implements Message {}

  static void run(Bench bench) throws Exception {
    int restarts = bench.size("restarts");
    List<ActorRef<Message>> fragile = new ArrayList<>();
    for (int i = 0; i < bench.size("supervisors"); i++) fragile.add(bench.spawn(supervised()));
    double seconds = bench.lastRound(() -> crashInTurn(bench, fragile, restarts));
    Bench.figure("restart", "restarts/s", restarts / seconds);
  }

  private static double crashInTurn(Bench bench, List<ActorRef<Message>> fragile, int restarts) throws Exception {
    var done = new CountDownLatch(1);
    ActorRef<Integer> crasher = bench.spawn(Behaviors.setup(context -> new Crasher(context, fragile, restarts, done)));
    long start = System.nanoTime();
    crasher.tell(1);
    done.await();
    return Bench.secondsSince(start);
  }

  /** Without a limit, so that the intensity is as good as switched off, as in the other systems. */
  private static Behavior<Message> supervised() {
    return Behaviors.supervise(Behaviors.setup(Fragile::new))
        .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
  }

  private static final class Fragile extends AbstractBehavior<Message> {
    private int total = 0;

    Fragile(ActorContext<Message> context) {
      super(context);
    }

    @Override
    public Receive<Message> createReceive() {
      return newReceiveBuilder()
          .onMessage(Add.class, this::add)
          .onMessage(Crash.class, crash -> { throw new IllegalStateException("crash"); })
          .build();
    }

    private Behavior<Message> add(Add message) {
      total += message.number();
      message.replyTo().tell(total);
      return this;
    }
  }

  private static final class Crasher extends AbstractBehavior<Integer> {
    private final List<ActorRef<Message>> fragile;
    private final CountDownLatch done;
    private int left;

    Crasher(ActorContext<Integer> context, List<ActorRef<Message>> fragile, int restarts, CountDownLatch done) {
      super(context);
      this.fragile = fragile;
      this.left = restarts;
      this.done = done;
    }

    @Override
    public Receive<Integer> createReceive() {
      return newReceiveBuilder().onAnyMessage(this::crashNext).build();
    }

    private Behavior<Integer> crashNext(int total) {
      if (total != 1) throw new IllegalStateException("It was not restarted: " + total);
      if (left-- == 0) {
        done.countDown();
        return this;
      }
      ActorRef<Message> next = fragile.get(left % fragile.size());
      next.tell(new Crash());
      next.tell(new Add(1, getContext().getSelf()));
      return this;
    }
  }

  private Restarts() {}
}
