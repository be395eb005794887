%% One-way messages between processes of one node.
-module(messages).
-export([ping_pong/1, ring/1, fan_in/1, drain/1]).

%% Two processes answer each other; the ping carries the address to answer to.
ping_pong(#{rounds := Rounds, messages := Messages}) ->
    Trips = Messages div 2,
    Seconds = bench:last_of(Rounds, fun() -> play(Trips) end),
    bench:figure("ping-pong", "messages/s", 2 * Trips / Seconds).

play(Trips) ->
    Main = self(),
    Pong = spawn_link(fun pong/0),
    bench:seconds(fun() ->
        spawn_link(fun() -> ping(Pong, Trips), Main ! done end),
        receive done -> ok end
    end).

ping(Pong, 0) -> Pong ! stop;
ping(Pong, Left) ->
    Pong ! {ping, self()},
    receive pong -> ping(Pong, Left - 1) end.

pong() ->
    receive
        {ping, From} -> From ! pong, pong();
        stop -> ok
    end.

%% One token passes around a ring of processes.
ring(#{rounds := Rounds, actors := Actors, hops := Hops}) ->
    Seconds = bench:last_of(Rounds, fun() -> pass_around(Actors, Hops) end),
    bench:figure("ring", "hops/s", Hops / Seconds).

pass_around(Actors, Hops) ->
    Main = self(),
    First = spawn_link(fun() -> receive {next, Next} -> pass_on(Next, Main) end end),
    Last = lists:foldl(
        fun(_, Next) -> spawn_link(fun() -> pass_on(Next, Main) end) end,
        First,
        lists:seq(2, Actors)
    ),
    First ! {next, Last},
    Seconds = bench:seconds(fun() -> First ! Hops, receive done -> ok end end),
    First ! stop,
    receive stopped -> Seconds end.

pass_on(Next, Main) ->
    receive
        0 -> Main ! done, pass_on(Next, Main);
        stop -> stop_after(Next, Main);
        Left -> Next ! Left - 1, pass_on(Next, Main)
    end.

%% The stop goes around once; the process that has no living neighbour left has closed the ring.
stop_after(Next, Main) ->
    case is_process_alive(Next) of
        true -> Next ! stop;
        false -> Main ! stopped
    end.

%% Many processes send to one that counts.
fan_in(#{rounds := Rounds, senders := Senders, messages := Messages}) ->
    Each = Messages div Senders,
    Seconds = bench:last_of(Rounds, fun() -> gather(Senders, Each) end),
    bench:figure("fan-in", "messages/s", Senders * Each / Seconds).

gather(Senders, Each) ->
    Main = self(),
    Counter = spawn_link(fun() -> count(Senders * Each), Main ! done end),
    Waiting = [spawn_link(fun() -> receive go -> send_all(Counter, Each) end end)
               || _ <- lists:seq(1, Senders)],
    bench:seconds(fun() ->
        [Sender ! go || Sender <- Waiting],
        receive done -> ok end
    end).

send_all(_, 0) -> ok;
send_all(Counter, Left) -> Counter ! {add, 1}, send_all(Counter, Left - 1).

count(0) -> ok;
count(Left) -> receive {add, _} -> count(Left - 1) end.

%% All messages wait in the mailbox before the first of them is taken out.
drain(#{rounds := Rounds, messages := Messages}) ->
    Seconds = bench:last_of(Rounds, fun() -> fill_and_drain(Messages) end),
    bench:figure("drain", "messages/s", Messages / Seconds).

fill_and_drain(Messages) ->
    Main = self(),
    Counter = spawn_link(fun() -> count(Messages), Main ! done end),
    erlang:suspend_process(Counter),
    send_all(Counter, Messages),
    bench:seconds(fun() ->
        erlang:resume_process(Counter),
        receive done -> ok end
    end).
