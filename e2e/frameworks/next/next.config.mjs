// The packages lie one directory up.
import path from "node:path";
export default { turbopack: { root: path.resolve(import.meta.dirname, "..") } };
