%% Starting processes that then wait, and what each of them takes.
-module(spawning).
-export([rate/1, bytes/1]).

%% A first tenth is started unmeasured, as in the other systems, whose compilers need it.
rate(#{actors := Actors}) ->
    Started = start(Actors div 10, []),
    Seconds = bench:seconds(fun() -> start(Actors, Started) end),
    bench:figure("spawn", "actors/s", Actors / Seconds).

bytes(#{actors := Actors}) ->
    garbage_collect(),
    Resident = resident_bytes(),
    Allocated = erlang:memory(total),
    Idle = start(Actors, []),
    garbage_collect(),
    bench:figure("idle actor, RSS", "bytes", (resident_bytes() - Resident) / Actors),
    bench:figure("idle actor, heap", "bytes", (erlang:memory(total) - Allocated) / Actors),
    length(Idle).

start(0, Started) -> Started;
start(Left, Started) -> start(Left - 1, [spawn(fun wait/0) | Started]).

wait() -> receive stop -> ok end.

resident_bytes() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+)", [{capture, [1], binary}]),
    binary_to_integer(Kilobytes) * 1024.
