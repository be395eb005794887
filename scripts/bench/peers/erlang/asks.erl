%% Calls that wait for an answer, to a gen_server on the same node.
-module(asks).
-behaviour(gen_server).
-export([one_at_a_time/1, in_flight/1]).
-export([init/1, handle_call/3, handle_cast/2]).

%% The rate and the latencies come from loops of their own, since reading the clock around each
%% call costs a good part of the call.
one_at_a_time(#{rounds := Rounds, asks := Asks}) ->
    {ok, Counter} = gen_server:start_link(?MODULE, 0, []),
    Seconds = bench:last_of(Rounds, fun() -> bench:seconds(fun() -> call(Counter, Asks) end) end),
    bench:figure("ask", "asks/s", Asks / Seconds),
    Sorted = list_to_tuple(lists:sort(latencies(Counter, Asks, []))),
    bench:figure("ask p50", "µs", percentile(Sorted, 0.5)),
    bench:figure("ask p99", "µs", percentile(Sorted, 0.99)).

call(_, 0) -> ok;
call(Counter, Left) -> gen_server:call(Counter, {add, 1}), call(Counter, Left - 1).

latencies(_, 0, Taken) -> Taken;
latencies(Counter, Left, Taken) ->
    Start = erlang:monotonic_time(nanosecond),
    gen_server:call(Counter, {add, 1}),
    latencies(Counter, Left - 1, [erlang:monotonic_time(nanosecond) - Start | Taken]).

percentile(Sorted, Share) ->
    element(max(1, ceil(tuple_size(Sorted) * Share)), Sorted) / 1000.

in_flight(#{rounds := Rounds, asks := Asks, inFlight := InFlight}) ->
    {ok, Counter} = gen_server:start_link(?MODULE, 0, []),
    Waves = Asks div InFlight,
    Seconds = bench:last_of(Rounds, fun() -> bench:seconds(fun() -> waves(Counter, Waves, InFlight) end) end),
    bench:figure("ask, 100 in flight", "asks/s", Waves * InFlight / Seconds).

waves(_, 0, _) -> ok;
waves(Counter, Left, InFlight) ->
    Requests = [gen_server:send_request(Counter, {add, 1}) || _ <- lists:seq(1, InFlight)],
    [{reply, _} = gen_server:wait_response(Request, 5000) || Request <- Requests],
    waves(Counter, Left - 1, InFlight).

init(Total) -> {ok, Total}.
handle_call({add, Number}, _From, Total) -> {reply, Total + Number, Total + Number}.
handle_cast(_, Total) -> {noreply, Total}.
