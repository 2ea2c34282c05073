export const dynamic = "force-dynamic";
export const GET = () =>
  new Response("own", {
    headers: {
      "Access-Control-Allow-Origin": "https://own.example",
      "Access-Control-Allow-Credentials": "true",
      Vary: "Accept-Encoding",
    },
  });
