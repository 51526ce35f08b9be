// Hand a file to the phone: it is saved, or opened by what it belongs to.
const HELD_MS = 60_000;

export function keepFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), HELD_MS); // some browsers read it later
}
