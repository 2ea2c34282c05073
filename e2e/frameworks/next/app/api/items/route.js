const items = () => Response.json([], { headers: { "X-Total": "3", "X-Own": "4" } });
export { items as DELETE, items as GET, items as PATCH, items as POST, items as PUT };
export const OPTIONS = () => new Response("app", { headers: { "X-Plain": "yes" } });
