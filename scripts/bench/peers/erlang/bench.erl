%% The workloads of scripts/bench for Erlang/OTP, one per process:
%%   erl -noshell -pa <beams> -run bench main ping-pong rounds=3 messages=2000000
%% Each prints its figures as JSON, one object a line, under the names the runner knows.
-module(bench).
-export([main/1, figure/3, seconds/1, last_of/2]).

main([Workload | Sizes]) ->
    logger:set_primary_config(level, none),
    io:setopts([{encoding, unicode}]),
    run(Workload, maps:from_list([size_of(Size) || Size <- Sizes])),
    halt(0).

run("ping-pong", Sizes) -> messages:ping_pong(Sizes);
run("ring", Sizes) -> messages:ring(Sizes);
run("fan-in", Sizes) -> messages:fan_in(Sizes);
run("drain", Sizes) -> messages:drain(Sizes);
run("spawn", Sizes) -> spawning:rate(Sizes);
run("idle-actor", Sizes) -> spawning:bytes(Sizes);
run("ask", Sizes) -> asks:one_at_a_time(Sizes);
run("ask-in-flight", Sizes) -> asks:in_flight(Sizes);
run("restart", Sizes) -> restarts:restart_and_answer(Sizes).

size_of(Argument) ->
    [Name, Value] = string:split(Argument, "="),
    {list_to_atom(Name), list_to_integer(Value)}.

figure(Name, Unit, Value) ->
    io:format("{\"name\":\"~ts\",\"unit\":\"~ts\",\"value\":~w}~n", [Name, Unit, Value]).

%% How long the work takes, by the monotonic clock.
seconds(Work) ->
    Start = erlang:monotonic_time(nanosecond),
    Work(),
    max(1, erlang:monotonic_time(nanosecond) - Start) / 1.0e9.

%% The work is done several times in one process, and the last time counts. The emulator compiles
%% at load and gains little by it; the other systems need it, and all are to do the same.
last_of(1, Work) -> Work();
last_of(Rounds, Work) -> Work(), last_of(Rounds - 1, Work).
