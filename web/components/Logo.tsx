/** The mark of the page; the same drawing as its icon. */
export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect className="logo-ground" width="32" height="32" rx="9" />
        <path
          className="logo-sign"
          d="M8 10.5A2.5 2.5 0 0 1 10.5 8h11a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5H15l-4.3 3.7a.6.6 0 0 1-1-.45V20A2.5 2.5 0 0 1 8 17.5z"
        />
        <g className="logo-ground">
          <circle cx="12.5" cy="14" r="1.4" />
          <circle cx="16" cy="14" r="1.4" />
          <circle cx="19.5" cy="14" r="1.4" />
        </g>
      </svg>
      edge-chat
    </span>
  );
}
