package bench;

import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** One token passes around a ring of actors. */
final class Ring {
  interface Message {}

  record Token(int hopsLeft) implements Message {}

  record Next(ActorRef<Message> member) implements Message {}

  static void run(Bench bench) throws Exception {
    int hops = bench.size("hops");
    double seconds = bench.lastRound(() -> passAround(bench, bench.size("actors"), hops));
    Bench.figure("ring", "hops/s", hops / seconds);
  }

  private static double passAround(Bench bench, int actors, int hops) throws Exception {
    var done = new CountDownLatch(1);
    ActorRef<Message> first = bench.spawn(member(done));
    ActorRef<Message> last = first;
    for (int i = 1; i < actors; i++) {
      ActorRef<Message> member = bench.spawn(member(done));
      member.tell(new Next(last));
      last = member;
    }
    first.tell(new Next(last));
    long start = System.nanoTime();
    first.tell(new Token(hops));
    done.await();
    return Bench.secondsSince(start);
  }

  private static Behavior<Message> member(CountDownLatch done) {
    return Behaviors.setup(context -> new Member(context, done));
  }

  private static final class Member extends AbstractBehavior<Message> {
    private final CountDownLatch done;
    private ActorRef<Message> next;

    Member(ActorContext<Message> context, CountDownLatch done) {
      super(context);
      this.done = done;
    }

    @Override
    public Receive<Message> createReceive() {
      return newReceiveBuilder().onMessage(Token.class, this::pass).onMessage(Next.class, this::join).build();
    }

    private Behavior<Message> pass(Token token) {
      if (token.hopsLeft() == 0) done.countDown();
      else next.tell(new Token(token.hopsLeft() - 1));
      return this;
    }

    private Behavior<Message> join(Next message) {
      next = message.member();
      return this;
    }
  }

  private Ring() {}
}
