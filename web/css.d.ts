declare module '*.css';

/** The text of styles that a late script brings. */
declare module '*.late.css' {
  const text: string;
  export default text;
}
