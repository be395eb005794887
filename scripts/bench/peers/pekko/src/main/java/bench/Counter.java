package bench;

import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Adds what it is sent and says when all of it has come. */
final class Counter extends AbstractBehavior<Counter.Message> {
  interface Message {}

  record Add(int number) implements Message {}

  /** Keeps the actor from its mailbox until the latch opens. */
  record WaitFor(CountDownLatch latch) implements Message {}

  private final CountDownLatch done;
  private int left;

  static Behavior<Message> of(int messages, CountDownLatch done) {
    return Behaviors.setup(context -> new Counter(context, messages, done));
  }

  private Counter(ActorContext<Message> context, int messages, CountDownLatch done) {
    super(context);
    this.left = messages;
    this.done = done;
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onMessage(Add.class, this::add).onMessage(WaitFor.class, this::waitFor).build();
  }

  private Behavior<Message> add(Add message) {
    left -= message.number();
    if (left == 0) done.countDown();
    return this;
  }

  private Behavior<Message> waitFor(WaitFor message) throws InterruptedException {
    message.latch().await();
    return this;
  }
}
