// What a person before a camera is asked to do, for the wallet, the desk and the door. Left and right are the person's own.
// How a session ended is said by the server.
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

// What is to be done about a frame that did not count. A hint that is not here asks nothing of the person.
export const HINTS = {
  en: {
    face_none: "Look at the camera",
    face_several: "One person alone, please",
    face_small: "Come closer",
    face_dark: "Turn towards the light",
    face_blurred: "Hold still",
    face_turned: "Look straight at the camera",
  },
  de: {
    face_none: "In die Kamera sehen",
    face_several: "Bitte nur eine Person",
    face_small: "Näher kommen",
    face_dark: "Zum Licht drehen",
    face_blurred: "Still halten",
    face_turned: "Gerade in die Kamera sehen",
  },
  fr: {
    face_none: "Regardez la caméra",
    face_several: "Une seule personne, s’il vous plaît",
    face_small: "Approchez-vous",
    face_dark: "Tournez-vous vers la lumière",
    face_blurred: "Ne bougez pas",
    face_turned: "Regardez la caméra bien en face",
  },
  es: {
    face_none: "Mire a la cámara",
    face_several: "Una sola persona, por favor",
    face_small: "Acérquese",
    face_dark: "Gire hacia la luz",
    face_blurred: "No se mueva",
    face_turned: "Mire de frente a la cámara",
  },
};

const spoken = (words) => words[document.documentElement.lang] ?? words.en;

/** The line for a step, in the language that the page speaks; "" for a step that this page does not know. */
export const stepText = (move) => spoken(STEPS)[move] ?? "";

/** The line for a hint, a code of biometrics/engine/codes.py; "" for one that asks nothing of the person. */
export const hintText = (code) => spoken(HINTS)[code] ?? "";
