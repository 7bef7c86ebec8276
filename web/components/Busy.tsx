/** Shown while the page talks to the provider. */
export function Busy({ text }: { text: string }) {
  return (
    <main className="join">
      <p className="card" role="status">
        {text}
      </p>
    </main>
  );
}
