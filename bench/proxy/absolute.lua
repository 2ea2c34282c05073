-- Requests as a proxy is asked, in absolute-form: wrk connects to the proxy, and what is asked for
-- comes as the first argument after `--`. Written once, so that no Lua runs for each request.
function init(arguments)
    wrk.path = arguments[1]
    wrk.headers["Host"] = arguments[1]:match("^http://([^/]+)")
    wrk.headers["Origin"] = "http://localhost:5173"
end
