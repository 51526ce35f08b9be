// What a person before a camera is asked to do, for the wallet, the desk and the door. Left and right are the person's own.
// What is wrong with a frame, and how a session ended, comes with the server's answers.
export const STEPS = {
  en: {
    centre: "Look at the camera",
    turn_left: "Turn your head to the left",
    turn_right: "Turn your head to the right",
    closer: "Come closer",
    flash: "Keep looking at the camera",
  },
  de: {
    centre: "In die Kamera sehen",
    turn_left: "Den Kopf nach links drehen",
    turn_right: "Den Kopf nach rechts drehen",
    closer: "Näher kommen",
    flash: "Weiter in die Kamera sehen",
  },
  fr: {
    centre: "Regardez la caméra",
    turn_left: "Tournez la tête vers la gauche",
    turn_right: "Tournez la tête vers la droite",
    closer: "Approchez-vous",
    flash: "Continuez à regarder la caméra",
  },
  es: {
    centre: "Mire a la cámara",
    turn_left: "Gire la cabeza a la izquierda",
    turn_right: "Gire la cabeza a la derecha",
    closer: "Acérquese",
    flash: "Siga mirando a la cámara",
  },
};

/** The line for a step, in the language that the page speaks; "" for a step that this page does not know. */
export const stepText = (move) => (STEPS[document.documentElement.lang] ?? STEPS.en)[move] ?? "";
