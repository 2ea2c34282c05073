export const GET = (request) =>
  request.headers.has("Authorization")
    ? Response.json([])
    : new Response("who are you?", { status: 401 });
