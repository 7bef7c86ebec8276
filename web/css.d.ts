declare module '*.css';

/** The text of styles that a late script brings. */
declare module '*.late.css' {
  const text: string;
  export default text;
}

/** An image that a late script brings, as a data URL. */
declare module '*.late.svg' {
  const url: string;
  export default url;
}
