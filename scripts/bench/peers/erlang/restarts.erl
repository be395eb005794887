%% A gen_server crashes, its supervisor starts it again, and the new one answers a call; then the
%% next one.
%%
%% The servers stand under many supervisors, since one of OTP 25 counts its restarts of the last
%% second by walking a list of them: a single supervisor would measure that list.
-module(restarts).
-behaviour(supervisor).
-export([restart_and_answer/1, init/1]).
-export([start_child/1]).

restart_and_answer(#{rounds := Rounds, supervisors := Supervisors, restarts := Restarts}) ->
    Started = [start_supervisor() || _ <- lists:seq(1, Supervisors)],
    Servers = [Server || {_, Server} <- Started],
    Cycles = Restarts div Supervisors,
    {Seconds, _} = in_rounds(Rounds, Servers, Cycles),
    bench:figure("restart", "restarts/s", Cycles * Supervisors / Seconds),
    [unlink(Supervisor) || {Supervisor, _} <- Started].

start_supervisor() ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, self()),
    {Supervisor, next_started()}.

in_rounds(Rounds, Servers, Cycles) ->
    Start = erlang:monotonic_time(nanosecond),
    Restarted = crash_each(Servers, Cycles),
    Seconds = (erlang:monotonic_time(nanosecond) - Start) / 1.0e9,
    case Rounds of
        1 -> {Seconds, Restarted};
        _ -> in_rounds(Rounds - 1, Restarted, Cycles)
    end.

crash_each(Servers, 0) -> Servers;
crash_each(Servers, Cycles) ->
    crash_each([crash_and_call(Server) || Server <- Servers], Cycles - 1).

crash_and_call(Server) ->
    gen_server:cast(Server, crash),
    Restarted = next_started(),
    1 = gen_server:call(Restarted, {add, 1}),
    Restarted.

%% A crashed process has a new address after its restart, so each one announces itself.
next_started() -> receive {started, Server} -> Server end.

start_child(Main) -> gen_server:start_link(fragile, Main, []).

init(Main) ->
    Flags = #{strategy => one_for_one, intensity => 1000000000, period => 1},
    Child = #{id => fragile, start => {?MODULE, start_child, [Main]}, restart => permanent},
    {ok, {Flags, [Child]}}.
