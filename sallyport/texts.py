"""What a reason says: to the person at the door in four languages, to the operator in one.

A text for a person never names a fault that a stranger could use: a forged code and a damaged one read alike.
"""

from typing import Final

from sallyport.reasons import Reason

LANGUAGES: Final = ("en", "de", "fr", "es")

_PERSON: Final[dict[Reason, tuple[str, str, str, str]]] = {
    Reason.READER_UNKNOWN: (
        "This reader is not set up. Please use another door.",
        "Dieser Leser ist nicht eingerichtet. Bitte eine andere Tür benutzen.",
        "Ce lecteur n’est pas configuré. Veuillez prendre une autre porte.",
        "Este lector no está configurado. Use otra puerta, por favor.",
    ),
    Reason.READER_SUSPENDED: (
        "This reader is switched off. Please use another door.",
        "Dieser Leser ist abgeschaltet. Bitte eine andere Tür benutzen.",
        "Ce lecteur est désactivé. Veuillez prendre une autre porte.",
        "Este lector está desactivado. Use otra puerta, por favor.",
    ),
    Reason.CLOCK_SKEW: (
        "This reader’s clock is wrong. Please tell reception.",
        "Die Uhr dieses Lesers geht falsch. Bitte am Empfang melden.",
        "L’horloge de ce lecteur est fausse. Prévenez l’accueil, s’il vous plaît.",
        "El reloj de este lector no es correcto. Avise en recepción, por favor.",
    ),
    Reason.RATE_LIMITED: (
        "Too many tries. Wait a few seconds and show your code again.",
        "Zu viele Versuche. Kurz warten und den Code noch einmal zeigen.",
        "Trop d’essais. Attendez quelques secondes et présentez à nouveau votre code.",
        "Demasiados intentos. Espere unos segundos y muestre el código otra vez.",
    ),
    Reason.MALFORMED: (
        "This is not a door code. Open your wallet and show its code.",
        "Das ist kein Türcode. Bitte die Wallet öffnen und deren Code zeigen.",
        "Ce n’est pas un code de porte. Ouvrez votre portefeuille et présentez son code.",
        "Esto no es un código de puerta. Abra su cartera y muestre su código.",
    ),
    Reason.UNKNOWN_KEY: (
        "This code is not known here. Show a new code from your wallet.",
        "Dieser Code ist hier unbekannt. Bitte einen neuen Code aus der Wallet zeigen.",
        "Ce code est inconnu ici. Présentez un nouveau code de votre portefeuille.",
        "Aquí no se conoce este código. Muestre un código nuevo de su cartera.",
    ),
    Reason.WRONG_COMPANY: (
        "This code belongs to another company.",
        "Dieser Code gehört zu einem anderen Unternehmen.",
        "Ce code appartient à une autre entreprise.",
        "Este código es de otra empresa.",
    ),
    Reason.BAD_SEAL: (
        "This code cannot be read. Show a new code from your wallet.",
        "Dieser Code ist nicht lesbar. Bitte einen neuen Code aus der Wallet zeigen.",
        "Ce code est illisible. Présentez un nouveau code de votre portefeuille.",
        "Este código no se puede leer. Muestre un código nuevo de su cartera.",
    ),
    Reason.BAD_SIGNATURE: (
        "This code cannot be read. Show a new code from your wallet.",
        "Dieser Code ist nicht lesbar. Bitte einen neuen Code aus der Wallet zeigen.",
        "Ce code est illisible. Présentez un nouveau code de votre portefeuille.",
        "Este código no se puede leer. Muestre un código nuevo de su cartera.",
    ),
    Reason.NOT_YET_VALID: (
        "This code is not valid yet. Wait a moment and try again.",
        "Dieser Code gilt noch nicht. Bitte gleich noch einmal versuchen.",
        "Ce code n’est pas encore valable. Attendez un instant et réessayez.",
        "Este código aún no es válido. Espere un momento e inténtelo otra vez.",
    ),
    Reason.EXPIRED: (
        "This code has expired. Show a new one.",
        "Dieser Code ist abgelaufen. Bitte einen neuen zeigen.",
        "Ce code a expiré. Présentez-en un nouveau.",
        "Este código ha caducado. Muestre uno nuevo.",
    ),
    Reason.REPLAYED: (
        "This code was used already. Show a new one.",
        "Dieser Code wurde schon benutzt. Bitte einen neuen zeigen.",
        "Ce code a déjà servi. Présentez-en un nouveau.",
        "Este código ya se ha usado. Muestre uno nuevo.",
    ),
    Reason.UNKNOWN_CREDENTIAL: (
        "Your access is not known here. Please ask at reception.",
        "Ihr Zutritt ist hier nicht bekannt. Bitte am Empfang fragen.",
        "Votre accès est inconnu ici. Adressez-vous à l’accueil.",
        "Aquí no consta su acceso. Pregunte en recepción, por favor.",
    ),
    Reason.CREDENTIAL_REVOKED: (
        "Your access has ended. Please ask at reception.",
        "Ihr Zutritt ist beendet. Bitte am Empfang fragen.",
        "Votre accès a pris fin. Adressez-vous à l’accueil.",
        "Su acceso ha terminado. Pregunte en recepción, por favor.",
    ),
    Reason.DEVICE_REVOKED: (
        "This phone no longer opens doors. Please ask at reception.",
        "Dieses Telefon öffnet keine Türen mehr. Bitte am Empfang fragen.",
        "Ce téléphone n’ouvre plus les portes. Adressez-vous à l’accueil.",
        "Este teléfono ya no abre puertas. Pregunte en recepción, por favor.",
    ),
    Reason.CREDENTIAL_SUSPENDED: (
        "Your access is paused. Please ask at reception.",
        "Ihr Zutritt ruht zurzeit. Bitte am Empfang fragen.",
        "Votre accès est suspendu. Adressez-vous à l’accueil.",
        "Su acceso está en pausa. Pregunte en recepción, por favor.",
    ),
    Reason.HOLDER_INACTIVE: (
        "Your access is not active. Please ask at reception.",
        "Ihr Zutritt ist nicht aktiv. Bitte am Empfang fragen.",
        "Votre accès n’est pas actif. Adressez-vous à l’accueil.",
        "Su acceso no está activo. Pregunte en recepción, por favor.",
    ),
    Reason.VISIT_NOT_ACTIVE: (
        "Your visit has not begun or is over. Please ask at reception.",
        "Ihr Besuch hat noch nicht begonnen oder ist vorbei. Bitte am Empfang fragen.",
        "Votre visite n’a pas commencé ou est terminée. Adressez-vous à l’accueil.",
        "Su visita no ha empezado o ya ha terminado. Pregunte en recepción, por favor.",
    ),
    Reason.LOCKDOWN: (
        "Doors are locked for everybody. Follow the announcements.",
        "Die Türen sind für alle gesperrt. Bitte auf Durchsagen achten.",
        "Les portes sont verrouillées pour tous. Suivez les annonces.",
        "Las puertas están cerradas para todos. Siga los avisos.",
    ),
    Reason.NOT_ALLOWED_HERE: (
        "Your access does not include this door.",
        "Ihr Zutritt schließt diese Tür nicht ein.",
        "Votre accès ne comprend pas cette porte.",
        "Su acceso no incluye esta puerta.",
    ),
    Reason.OUTSIDE_SCHEDULE: (
        "You cannot enter here at this time.",
        "Um diese Zeit können Sie hier nicht eintreten.",
        "Vous ne pouvez pas entrer ici à cette heure.",
        "No puede entrar aquí a esta hora.",
    ),
    Reason.WRONG_DOOR: (
        "Your phone answered another door. Enter this door’s number and try again.",
        "Ihr Telefon hat einer anderen Tür geantwortet. Bitte die Zahl dieser Tür eingeben.",
        "Votre téléphone a répondu à une autre porte. Saisissez le numéro de celle-ci.",
        "Su teléfono respondió a otra puerta. Introduzca el número de esta.",
    ),
    Reason.PASSBACK: (
        "You are inside already. Leave through a reader first.",
        "Sie sind schon drinnen. Bitte erst an einem Leser hinausgehen.",
        "Vous êtes déjà à l’intérieur. Sortez d’abord par un lecteur.",
        "Usted ya está dentro. Salga primero por un lector.",
    ),
    Reason.AREA_FULL: (
        "This area is full. Wait until somebody leaves.",
        "Dieser Bereich ist voll. Bitte warten, bis jemand hinausgeht.",
        "Cette zone est pleine. Attendez que quelqu’un sorte.",
        "Esta zona está llena. Espere a que salga alguien.",
    ),
    Reason.SECOND_PERSON_REQUIRED: (
        "Two people are needed here. The second one shows a code now.",
        "Hier sind zwei Personen nötig. Jetzt zeigt die zweite ihren Code.",
        "Il faut être deux ici. La seconde personne présente maintenant son code.",
        "Aquí hacen falta dos personas. Ahora muestra su código la segunda.",
    ),
    Reason.OFFLINE_REFUSED: (
        "This door needs a connection and has none. Please use another door.",
        "Diese Tür braucht eine Verbindung und hat keine. Bitte eine andere benutzen.",
        "Cette porte a besoin d’une connexion et n’en a pas. Prenez une autre porte.",
        "Esta puerta necesita conexión y no la tiene. Use otra puerta, por favor.",
    ),
    Reason.LIST_TOO_OLD: (
        "This reader has been without news for too long. Please use another door.",
        "Dieser Leser war zu lange ohne Nachricht. Bitte eine andere Tür benutzen.",
        "Ce lecteur est sans nouvelles depuis trop longtemps. Prenez une autre porte.",
        "Este lector lleva demasiado tiempo sin noticias. Use otra puerta, por favor.",
    ),
    Reason.CONSENT_MISSING: (
        "Your consent is needed first, or use the way in without a face.",
        "Dazu fehlt Ihre Einwilligung. Sie können auch ohne Gesicht eintreten.",
        "Il faut d’abord votre consentement, ou passez par l’accès sans visage.",
        "Antes hace falta su consentimiento, o entre por la vía sin rostro.",
    ),
    Reason.ASSURANCE_TOO_LOW: (
        "Unlock your phone in the wallet and show a new code.",
        "Bitte in der Wallet das Telefon entsperren und einen neuen Code zeigen.",
        "Déverrouillez votre téléphone dans le portefeuille et présentez un nouveau code.",
        "Desbloquee el teléfono en la cartera y muestre un código nuevo.",
    ),
    Reason.SECOND_FACTOR_REQUIRED: (
        "Enter your number now.",
        "Bitte jetzt Ihre Zahl eingeben.",
        "Saisissez maintenant votre numéro.",
        "Introduzca ahora su número.",
    ),
    Reason.SECOND_FACTOR_WRONG: (
        "That number is not right. Try again.",
        "Diese Zahl stimmt nicht. Bitte noch einmal versuchen.",
        "Ce numéro n’est pas le bon. Réessayez.",
        "Ese número no es correcto. Inténtelo otra vez.",
    ),
    Reason.FACE_REQUIRED: (
        "Look at the camera, please.",
        "Bitte in die Kamera sehen.",
        "Regardez la caméra, s’il vous plaît.",
        "Mire a la cámara, por favor.",
    ),
    Reason.FACE_BUSY: (
        "One moment, please. Show your code again.",
        "Einen Augenblick bitte. Den Code noch einmal zeigen.",
        "Un instant, s’il vous plaît. Présentez à nouveau votre code.",
        "Un momento, por favor. Muestre el código otra vez.",
    ),
    Reason.LIVENESS_FAILED: (
        "That did not work. Follow the steps on the screen once more.",
        "Das hat nicht geklappt. Bitte den Schritten noch einmal folgen.",
        "Cela n’a pas fonctionné. Suivez encore une fois les étapes à l’écran.",
        "No ha funcionado. Siga otra vez los pasos de la pantalla.",
    ),
    Reason.FACE_MISMATCH: (
        "Your face was not recognised. Try again or use the way in without a face.",
        "Ihr Gesicht wurde nicht erkannt. Noch einmal versuchen oder ohne Gesicht eintreten.",
        "Votre visage n’a pas été reconnu. Réessayez ou passez par l’accès sans visage.",
        "No se ha reconocido su rostro. Inténtelo otra vez o entre por la vía sin rostro.",
    ),
    Reason.SERVER_UNAVAILABLE: (
        "No decision can be made right now. Try again in a moment.",
        "Gerade ist keine Entscheidung möglich. Bitte gleich noch einmal versuchen.",
        "Aucune décision n’est possible pour l’instant. Réessayez dans un moment.",
        "Ahora mismo no se puede decidir. Inténtelo otra vez en un momento.",
    ),
    Reason.GRANTED: ("Come in.", "Bitte eintreten.", "Entrez.", "Adelante."),
}

_OPERATOR: Final[dict[Reason, str]] = {
    Reason.READER_UNKNOWN: "The request came from a reader that is not paired with this company.",
    Reason.READER_SUSPENDED: "The reader is suspended or retired.",
    Reason.CLOCK_SKEW: "The reader’s clock is too far from the server’s.",
    Reason.RATE_LIMITED: "The reader sent more codes than it may.",
    Reason.MALFORMED: "What was shown is not a code of ours: wrong length, characters, format or version.",
    Reason.UNKNOWN_KEY: "No key set of the company in use at that time has the code’s key id.",
    Reason.WRONG_COMPANY: "The code names a key set of another company.",
    Reason.BAD_SEAL: "The seal does not open: the code was changed, damaged or made without the sealing key.",
    Reason.BAD_SIGNATURE: "Sealed but not signed by us: somebody holds a sealing key. Rotate the keys.",
    Reason.NOT_YET_VALID: "The code was issued later than now: compare the clocks.",
    Reason.EXPIRED: "The code was shown after the end of its life.",
    Reason.REPLAYED: "The code had opened a door before: a copy, or shown twice.",
    Reason.UNKNOWN_CREDENTIAL: "The company has no credential of this number.",
    Reason.CREDENTIAL_REVOKED: "The credential is revoked or reported lost.",
    Reason.DEVICE_REVOKED: "The phone is revoked, not vouched for, or not this credential’s.",
    Reason.CREDENTIAL_SUSPENDED: "The credential is suspended, or now lies outside its validity.",
    Reason.HOLDER_INACTIVE: "The cardholder is suspended or has left.",
    Reason.VISIT_NOT_ACTIVE: "The visit has not begun or is over.",
    Reason.LOCKDOWN: "The door or its area is in lockdown.",
    Reason.NOT_ALLOWED_HERE: "No access level in force for this cardholder contains this side of the door.",
    Reason.OUTSIDE_SCHEDULE: "An access level contains this door, but not at this time.",
    Reason.WRONG_DOOR: "The phone signed the challenge of another door, or an old one.",
    Reason.PASSBACK: "The cardholder is already inside the area.",
    Reason.AREA_FULL: "The area has reached its capacity.",
    Reason.SECOND_PERSON_REQUIRED: "The door waits for the second person of the two-person rule.",
    Reason.OFFLINE_REFUSED: "The reader was offline and this area does not open offline.",
    Reason.LIST_TOO_OLD: "The reader was offline for longer than its bundle may be trusted.",
    Reason.CONSENT_MISSING: "There is no consent in force for a face; the way in without one is open.",
    Reason.ASSURANCE_TOO_LOW: "The area asks for a phone unlock and the code was made without one.",
    Reason.SECOND_FACTOR_REQUIRED: "The reader asks for the second factor of the pass.",
    Reason.SECOND_FACTOR_WRONG: "The second factor of the pass was wrong.",
    Reason.FACE_REQUIRED: "The area asks for a face at the door; nothing was consumed yet.",
    Reason.FACE_BUSY: "All face workers were busy; nothing was consumed.",
    Reason.LIVENESS_FAILED: "The liveness steps were not passed.",
    Reason.FACE_MISMATCH: "The face at the door is not the enrolled one.",
    Reason.SERVER_UNAVAILABLE: "The decision could not be recorded, so none was made.",
    Reason.GRANTED: "Opened.",
}


def for_person(reason: Reason, language: str) -> str:
    """The text for the person at the door; English where the language is none of LANGUAGES."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _PERSON[reason][place]


def for_operator(reason: Reason) -> str:
    """The text for the operator, English."""
    return _OPERATOR[reason]
