-- Starts a small job with each request and waits for its end; a new seed each time, so that no two are the same.
local count = 0
local wait = os.getenv("WAIT") or "wait=30"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Prefer"] = wait
request = function()
   count = count + 1
   return wrk.format("POST", "/v1/jobs", nil, string.format('{"dataset":"small","k":3,"seed":%d}', count))
end
local failed = 0
response = function(status, headers, body)
   if status ~= 201 or not string.find(body, '"state":"succeeded"', 1, true) then
      failed = failed + 1
      if failed <= 3 then io.write("unexpected: ", status, " ", string.sub(body, 1, 300), "\n") end
   end
end
