package bench;

import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;

/** All messages wait in the mailbox before the first of them is taken out. */
final class Drain {
  static void run(Bench bench) throws Exception {
    int messages = bench.size("messages");
    double seconds = bench.lastRound(() -> fillAndDrain(bench, messages));
    Bench.figure("drain", "messages/s", messages / seconds);
  }

  private static double fillAndDrain(Bench bench, int messages) throws Exception {
    var full = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    ActorRef<Counter.Message> counter = bench.spawn(Counter.of(messages, done));
    counter.tell(new Counter.WaitFor(full));
    for (int i = 0; i < messages; i++) counter.tell(new Counter.Add(1));
    long start = System.nanoTime();
    full.countDown();
    done.await();
    return Bench.secondsSince(start);
  }

  private Drain() {}
}
