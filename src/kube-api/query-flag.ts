/** Whether a parameter says yes. All but `false` and `0` does, once it is there: `Convert_Slice_string_To_bool` of k8s.io/apimachinery. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}
