-- Requests as a proxy is asked, in absolute-form: wrk connects to the proxy, and what is asked for
-- comes as the first argument after `--`. Written once, so that no Lua runs for each request; unless a
-- second argument, `varied`, wants another URL each time.
function init(arguments)
    wrk.path = arguments[1]
    wrk.headers["Host"] = arguments[1]:match("^http://([^/]+)")
    wrk.headers["Origin"] = "http://localhost:5173"
    if arguments[2] == "varied" then
        -- Each of wrk's threads has a Lua of its own, and counts for itself.
        local thread = tostring({}):match("%x+$")
        local written = wrk.format("GET", arguments[1] .. "?" .. thread .. "=NUMBER")
        local before, after = written:match("^(.*)NUMBER(.*)$")
        local number = 0
        request = function()
            number = number + 1
            return before .. number .. after
        end
    end
end
