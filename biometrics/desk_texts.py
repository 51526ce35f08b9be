"""What the person before a desk's camera reads, in their language. Left and right are their own."""

from collections.abc import Mapping
from typing import Final

Texts = Mapping[str, str]

PAGE: Final[Mapping[str, Texts]] = {
    "en": {
        "step_read": "Read and decide",
        "step_look": "Look into the camera",
        "step_done": "Done",
        "language": "Language",
        "read_lead": "Please read this first. You may say no: there is an equal way in without a face.",
        "signature": "Type your full name to sign",
        "agree": "I agree",
        "decline": "No, without a face",
        "agreed": "You have agreed to this already",
        "show": "Show the text",
        "look_lead": "Three pictures are measured, and none is kept. It takes less than 40 seconds.",
        "alone": "Stand alone before the camera, in good light.",
        "start": "Start the camera",
        "again": "Begin again",
        "stop": "Stop",
        "starting": "The camera starts …",
        "centre": "Look at the camera",
        "turn_left": "Turn your head a little to the left",
        "turn_right": "Turn your head a little to the right",
        "late": "It took too long. Begin again.",
        "refused": "This browser may not use the camera. Allow it beside the address, then begin again.",
        "missing": "No camera was found. Connect one, then begin again.",
        "taken": "Another program uses the camera. Close it, then begin again.",
        "gone": "The camera gives no picture any more. Look at its cable, then begin again.",
        "network": "There is no answer. Look at the network, then begin again.",
        "signed_out": "The operator was signed out. Sign in again.",
        "done": "Your face is enrolled and confirmed",
        "kept": "What is kept is a protected measure of your face, sealed under a key of your "
        "own. No picture.",
        "how_long": "It is kept until you withdraw or leave, and is then destroyed at once.",
        "schedule": "What the company says about it",
        "withdraw": "You can withdraw at any time: in the wallet under “Privacy”, or by telling the company.",
    },
    "de": {
        "step_read": "Lesen und entscheiden",
        "step_look": "In die Kamera sehen",
        "step_done": "Fertig",
        "language": "Sprache",
        "read_lead": "Bitte lesen Sie zuerst dies. Sie dürfen ablehnen: Es gibt einen gleichwertigen "
        "Weg ohne Gesicht.",
        "signature": "Zum Unterschreiben den vollen Namen eintippen",
        "agree": "Ich willige ein",
        "decline": "Nein, ohne Gesicht",
        "agreed": "Sie haben hierin schon eingewilligt",
        "show": "Den Text zeigen",
        "look_lead": "Drei Bilder werden gemessen, keines wird behalten. Es dauert weniger als 40 Sekunden.",
        "alone": "Stellen Sie sich allein und bei gutem Licht vor die Kamera.",
        "start": "Kamera starten",
        "again": "Neu beginnen",
        "stop": "Abbrechen",
        "starting": "Die Kamera startet …",
        "centre": "In die Kamera sehen",
        "turn_left": "Den Kopf ein wenig nach links drehen",
        "turn_right": "Den Kopf ein wenig nach rechts drehen",
        "late": "Es hat zu lange gedauert. Beginnen Sie neu.",
        "refused": "Dieser Browser darf die Kamera nicht benutzen. Erlauben Sie es neben der "
        "Adresse und beginnen Sie neu.",
        "missing": "Keine Kamera gefunden. Schließen Sie eine an und beginnen Sie neu.",
        "taken": "Ein anderes Programm benutzt die Kamera. Schließen Sie es und beginnen Sie neu.",
        "gone": "Die Kamera liefert kein Bild mehr. Sehen Sie nach dem Kabel und beginnen Sie neu.",
        "network": "Keine Antwort. Sehen Sie nach dem Netz und beginnen Sie neu.",
        "signed_out": "Die Anmeldung am Empfang ist abgelaufen. Bitte neu anmelden.",
        "done": "Ihr Gesicht ist erfasst und bestätigt",
        "kept": "Behalten wird ein geschütztes Maß Ihres Gesichts, versiegelt mit einem "
        "Schlüssel nur für Sie. Kein Bild.",
        "how_long": "Es bleibt, bis Sie widerrufen oder ausscheiden, und wird dann sofort vernichtet.",
        "schedule": "Was die Firma dazu sagt",
        "withdraw": "Sie können jederzeit widerrufen: im Wallet unter „Datenschutz“ oder bei der Firma.",
    },
    "fr": {
        "step_read": "Lire et décider",
        "step_look": "Regarder la caméra",
        "step_done": "Terminé",
        "language": "Langue",
        "read_lead": "Veuillez d’abord lire ceci. Vous pouvez refuser : il existe un accès équivalent "
        "sans visage.",
        "signature": "Tapez votre nom complet pour signer",
        "agree": "J’accepte",
        "decline": "Non, sans visage",
        "agreed": "Vous avez déjà accepté ceci",
        "show": "Afficher le texte",
        "look_lead": "Trois images sont mesurées, aucune n’est conservée. Cela prend moins de 40 secondes.",
        "alone": "Placez-vous seul devant la caméra, avec une bonne lumière.",
        "start": "Démarrer la caméra",
        "again": "Recommencer",
        "stop": "Arrêter",
        "starting": "La caméra démarre …",
        "centre": "Regardez la caméra",
        "turn_left": "Tournez un peu la tête vers la gauche",
        "turn_right": "Tournez un peu la tête vers la droite",
        "late": "Cela a pris trop de temps. Recommencez.",
        "refused": "Ce navigateur ne peut pas utiliser la caméra. Autorisez-la à côté de l’adresse, "
        "puis recommencez.",
        "missing": "Aucune caméra trouvée. Branchez-en une, puis recommencez.",
        "taken": "Un autre programme utilise la caméra. Fermez-le, puis recommencez.",
        "gone": "La caméra ne donne plus d’image. Vérifiez son câble, puis recommencez.",
        "network": "Pas de réponse. Vérifiez le réseau, puis recommencez.",
        "signed_out": "La session de l’accueil a expiré. Reconnectez-vous.",
        "done": "Votre visage est enregistré et confirmé",
        "kept": "Ce qui est conservé est une mesure protégée de votre visage, scellée par une "
        "clé qui vous est propre. Aucune image.",
        "how_long": "Elle est conservée jusqu’à votre retrait ou votre départ, puis détruite aussitôt.",
        "schedule": "Ce qu’en dit l’entreprise",
        "withdraw": "Vous pouvez retirer votre accord à tout moment : dans le wallet, sous « Vie "
        "privée », ou auprès de l’entreprise.",
    },
    "es": {
        "step_read": "Leer y decidir",
        "step_look": "Mirar a la cámara",
        "step_done": "Listo",
        "language": "Idioma",
        "read_lead": "Lea esto primero, por favor. Puede decir que no: hay un acceso equivalente sin "
        "la cara.",
        "signature": "Escriba su nombre completo para firmar",
        "agree": "Acepto",
        "decline": "No, sin la cara",
        "agreed": "Ya ha aceptado esto",
        "show": "Mostrar el texto",
        "look_lead": "Se miden tres imágenes y no se guarda ninguna. Dura menos de 40 segundos.",
        "alone": "Póngase a solas ante la cámara, con buena luz.",
        "start": "Iniciar la cámara",
        "again": "Empezar de nuevo",
        "stop": "Parar",
        "starting": "La cámara se inicia …",
        "centre": "Mire a la cámara",
        "turn_left": "Gire un poco la cabeza a la izquierda",
        "turn_right": "Gire un poco la cabeza a la derecha",
        "late": "Ha tardado demasiado. Empiece de nuevo.",
        "refused": "Este navegador no puede usar la cámara. Permítalo junto a la dirección y "
        "empiece de nuevo.",
        "missing": "No se encontró ninguna cámara. Conecte una y empiece de nuevo.",
        "taken": "Otro programa usa la cámara. Ciérrelo y empiece de nuevo.",
        "gone": "La cámara ya no da imagen. Revise el cable y empiece de nuevo.",
        "network": "No hay respuesta. Revise la red y empiece de nuevo.",
        "signed_out": "La sesión del mostrador ha caducado. Inicie sesión de nuevo.",
        "done": "Su cara está registrada y confirmada",
        "kept": "Se guarda una medida protegida de su cara, sellada con una clave solo suya. Ninguna imagen.",
        "how_long": "Se guarda hasta que la retire o se marche, y entonces se destruye de inmediato.",
        "schedule": "Lo que dice la empresa al respecto",
        "withdraw": "Puede retirarlo en cualquier momento: en el wallet, en «Privacidad», o "
        "diciéndoselo a la empresa.",
    },
}
# Of a frame that did not count, and of a capture that ended; by code.
CODES: Final[Mapping[str, Texts]] = {
    "en": {
        "face_none": "No face can be seen. Look into the camera.",
        "face_several": "More than one face can be seen. Stand there alone.",
        "face_small": "Come closer.",
        "face_dark": "It is too dark. Turn towards the light.",
        "face_blurred": "Hold still for a moment.",
        "face_turned": "Turn back a little, towards the camera.",
        "frames_alike": "Move your head a little.",
        "face_busy": "One moment, please.",
        "face_unavailable": "Faces cannot be looked at just now. Try again in a minute.",
        "frames_differ": "The pictures do not show one person. Stand alone before the camera and begin "
        "again.",
        "liveness_failed": "This capture is over. Begin again.",
        "consent_missing": "There is no consent any more: nothing was kept.",
        "face_closed": "The company does not use faces any more: nothing was kept.",
        "failed": "That did not work. Begin again.",
    },
    "de": {
        "face_none": "Es ist kein Gesicht zu sehen. Sehen Sie in die Kamera.",
        "face_several": "Es ist mehr als ein Gesicht zu sehen. Stellen Sie sich allein davor.",
        "face_small": "Kommen Sie näher.",
        "face_dark": "Es ist zu dunkel. Wenden Sie sich zum Licht.",
        "face_blurred": "Halten Sie einen Moment still.",
        "face_turned": "Drehen Sie sich ein wenig zurück zur Kamera.",
        "frames_alike": "Bewegen Sie den Kopf ein wenig.",
        "face_busy": "Einen Moment, bitte.",
        "face_unavailable": "Gesichter können gerade nicht gemessen werden. Versuchen Sie es in einer "
        "Minute.",
        "frames_differ": "Die Bilder zeigen nicht einen Menschen. Stellen Sie sich allein vor die Kamera "
        "und beginnen Sie neu.",
        "liveness_failed": "Diese Aufnahme ist vorbei. Beginnen Sie neu.",
        "consent_missing": "Es gibt keine Einwilligung mehr: Nichts wurde behalten.",
        "face_closed": "Die Firma benutzt keine Gesichter mehr: Nichts wurde behalten.",
        "failed": "Das hat nicht geklappt. Beginnen Sie neu.",
    },
    "fr": {
        "face_none": "Aucun visage n’est visible. Regardez la caméra.",
        "face_several": "Plusieurs visages sont visibles. Placez-vous seul.",
        "face_small": "Approchez-vous.",
        "face_dark": "Il fait trop sombre. Tournez-vous vers la lumière.",
        "face_blurred": "Restez immobile un instant.",
        "face_turned": "Revenez un peu vers la caméra.",
        "frames_alike": "Bougez un peu la tête.",
        "face_busy": "Un instant, s’il vous plaît.",
        "face_unavailable": "Les visages ne peuvent pas être mesurés en ce moment. Réessayez dans une "
        "minute.",
        "frames_differ": "Les images ne montrent pas une seule personne. Placez-vous seul devant la "
        "caméra et recommencez.",
        "liveness_failed": "Cette prise est terminée. Recommencez.",
        "consent_missing": "Il n’y a plus de consentement : rien n’a été conservé.",
        "face_closed": "L’entreprise n’utilise plus les visages : rien n’a été conservé.",
        "failed": "Cela n’a pas marché. Recommencez.",
    },
    "es": {
        "face_none": "No se ve ninguna cara. Mire a la cámara.",
        "face_several": "Se ve más de una cara. Póngase a solas.",
        "face_small": "Acérquese.",
        "face_dark": "Está demasiado oscuro. Gírese hacia la luz.",
        "face_blurred": "Quédese quieto un momento.",
        "face_turned": "Vuelva un poco hacia la cámara.",
        "frames_alike": "Mueva un poco la cabeza.",
        "face_busy": "Un momento, por favor.",
        "face_unavailable": "Ahora no se pueden medir caras. Inténtelo en un minuto.",
        "frames_differ": "Las imágenes no muestran a una sola persona. Póngase a solas ante la cámara y "
        "empiece de nuevo.",
        "liveness_failed": "Esta toma ha terminado. Empiece de nuevo.",
        "consent_missing": "Ya no hay consentimiento: no se ha guardado nada.",
        "face_closed": "La empresa ya no usa caras: no se ha guardado nada.",
        "failed": "No ha funcionado. Empiece de nuevo.",
    },
}
_SAME: Final = {"face_late": "face_busy", "face_failed": "face_busy"}


SILENT: Final = frozenset({"", "out_of_order"})  # the page sends the next frame, and nobody is told


def text_of(code: str, language: str) -> str:
    """What a code means for the person; "" for none. A language that is not spoken here is English."""
    texts = CODES.get(language, CODES["en"])
    return "" if code in SILENT else texts.get(_SAME.get(code, code), texts["failed"])
