// Printing: the PDF in a frame of its own, which goes with its address as soon as it is printed or somebody else comes.

const SHOWN_MS = 20_000; // how long a print job may need the frame; no event says when a PDF is printed

/** Print these bytes of a PDF. Settled when the browser has been asked to; rejected where it cannot show one. */
export function print(bytes, signal) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    const frame = document.createElement("iframe");
    frame.className = "kiosk-print";
    frame.setAttribute("aria-hidden", "true");
    frame.tabIndex = -1;
    let timer = 0;
    const gone = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", gone);
      URL.revokeObjectURL(address);
      frame.remove();
    };
    signal.addEventListener("abort", gone);
    frame.addEventListener("load", () => {
      try {
        const at = document.activeElement; // who reads with the ears stays where they are
        frame.contentWindow.print();
        at?.focus({ preventScroll: true });
        timer = setTimeout(gone, SHOWN_MS);
        resolve();
      } catch (error) {
        gone();
        reject(error);
      }
    });
    frame.src = address;
    document.body.append(frame);
  });
}
