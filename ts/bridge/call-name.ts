const MAX_NAME = 128;

/** What errors call a call: its method, and the Python function that `call_function` calls. */
export function callName(method: string, params: { readonly name?: unknown }): string {
  const isNamed = method === 'call_function' && typeof params?.name === 'string';
  return isNamed ? `${method} ${String(params.name).slice(0, MAX_NAME)}` : method;
}
