/** The package brings no types. */
declare module 'email-providers' {
  /** Domains of providers of mail for anybody, in lower case. */
  const domains: readonly string[];
  export default domains;
}
