%% The server that restarts.erl crashes: it tells its address when it starts and counts from 0.
-module(fragile).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(Main) ->
    Main ! {started, self()},
    {ok, 0}.

handle_call({add, Number}, _From, Total) -> {reply, Total + Number, Total + Number}.

handle_cast(crash, _Total) -> error(crash).
