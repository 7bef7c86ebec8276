/**
 * Saves a foreign file to the disk. Its type is taken away, and its address is in no element of the page, so no browser
 * opens it as a page of this origin.
 */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
