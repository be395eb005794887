package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Many actors send to one that counts. */
final class FanIn {
  record SendAll(ActorRef<Counter.Message> to, int messages) {}

  static void run(Bench bench) throws Exception {
    int senders = bench.size("senders");
    int each = bench.size("messages") / senders;
    double seconds = bench.lastRound(() -> gather(bench, senders, each));
    Bench.figure("fan-in", "messages/s", (double) senders * each / seconds);
  }

  private static double gather(Bench bench, int senders, int each) throws Exception {
    var done = new CountDownLatch(1);
    ActorRef<Counter.Message> counter = bench.spawn(Counter.of(senders * each, done));
    List<ActorRef<SendAll>> waiting = new ArrayList<>();
    for (int i = 0; i < senders; i++) waiting.add(bench.spawn(sender()));
    long start = System.nanoTime();
    for (ActorRef<SendAll> sender : waiting) sender.tell(new SendAll(counter, each));
    done.await();
    return Bench.secondsSince(start);
  }

  private static Behavior<SendAll> sender() {
    return Behaviors.receiveMessage(
        order -> {
          for (int i = 0; i < order.messages(); i++) order.to().tell(new Counter.Add(1));
          return Behaviors.same();
        });
  }

  private FanIn() {}
}
