"""What the visitor's own page says, in the four languages. Every key stands in each."""

from typing import Final

from visitors.invitation_texts import WORDS

_OF: Final = ("when", "where", "host", "subject", "bring", "code", "map", "qr")

_TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Your visit",
        "hello": "Your visit to {company}",
        "for": "For {name}",
        "code_text": "Type this code at the kiosk by the entrance, or hold the picture before its camera.",
        "documents": "To read before you come",
        "documents_text": "You sign at the kiosk, where a signature is needed. Here you can read at leisure.",
        "coming": "I am coming",
        "comes": "You have said that you are coming.",
        "cannot": "I cannot come",
        "cannot_text": "Your host is told, and the visit is cancelled. The code and this page end with it.",
        "cannot_deed": "Cancel my visit",
        "phone": "Your phone as the key",
        "phone_text": "Get the phone ready that you will carry. It opens nothing before you are in; at the "
        "reception it is confirmed.",
        "phone_deed": "Enrol this phone",
        "phone_done": "A phone is enrolled with this invitation. Another one needs a new invitation: ask "
        "your host.",
        "inside": "You are in. The visit ends by itself, or when you sign out.",
        "declined_title": "Your visit is cancelled",
        "declined": "Thank you for telling. Your host knows.",
        "void_title": "This invitation does not hold any more",
        "void": "It has run out, was cancelled, or the address is not complete. Ask who invited you.",
        "many_title": "Too many tries",
        "many": "Wait an hour, then open the link from your mail again.",
    },
    "de": {
        "title": "Ihr Besuch",
        "hello": "Ihr Besuch bei {company}",
        "for": "Für {name}",
        "code_text": "Geben Sie diesen Code am Terminal beim Eingang ein, oder halten Sie das Bild vor seine "
        "Kamera.",
        "documents": "Vor dem Besuch zu lesen",
        "documents_text": "Unterschrieben wird am Terminal, wo es nötig ist. Hier können Sie in Ruhe lesen.",
        "coming": "Ich komme",
        "comes": "Sie haben zugesagt.",
        "cannot": "Ich kann nicht kommen",
        "cannot_text": "Ihr Gastgeber erfährt es, und der Besuch wird abgesagt. Code und Seite enden damit.",
        "cannot_deed": "Meinen Besuch absagen",
        "phone": "Ihr Telefon als Schlüssel",
        "phone_text": "Bereiten Sie das Telefon vor, das Sie bei sich tragen. Es öffnet nichts, bevor Sie "
        "eingelassen sind; am Empfang wird es bestätigt.",
        "phone_deed": "Dieses Telefon anmelden",
        "phone_done": "Mit dieser Einladung ist ein Telefon angemeldet. Ein anderes braucht eine neue "
        "Einladung: Fragen Sie Ihren Gastgeber.",
        "inside": "Sie sind eingelassen. Der Besuch endet von selbst, oder wenn Sie sich abmelden.",
        "declined_title": "Ihr Besuch ist abgesagt",
        "declined": "Danke für die Nachricht. Ihr Gastgeber weiß es.",
        "void_title": "Diese Einladung gilt nicht mehr",
        "void": "Sie ist abgelaufen oder abgesagt, oder die Adresse ist unvollständig. Fragen Sie, wer Sie "
        "eingeladen hat.",
        "many_title": "Zu viele Versuche",
        "many": "Warten Sie eine Stunde und öffnen Sie dann den Link aus Ihrer Mail noch einmal.",
    },
    "fr": {
        "title": "Votre visite",
        "hello": "Votre visite chez {company}",
        "for": "Pour {name}",
        "code_text": "Saisissez ce code à la borne de l’entrée, ou présentez l’image à sa caméra.",
        "documents": "À lire avant de venir",
        "documents_text": "La signature se fait à la borne, s’il en faut une. Ici, lisez à votre rythme.",
        "coming": "Je viens",
        "comes": "Vous avez dit que vous venez.",
        "cannot": "Je ne peux pas venir",
        "cannot_text": "Votre hôte est prévenu et la visite est annulée. Le code et cette page prennent fin.",
        "cannot_deed": "Annuler ma visite",
        "phone": "Votre téléphone comme clé",
        "phone_text": "Préparez le téléphone que vous porterez. Il n’ouvre rien avant votre entrée ; il est "
        "confirmé à l’accueil.",
        "phone_deed": "Enregistrer ce téléphone",
        "phone_done": "Un téléphone est enregistré avec cette invitation. Un autre demande une nouvelle "
        "invitation : demandez à votre hôte.",
        "inside": "Vous êtes entré(e). La visite prend fin d’elle-même, ou quand vous signalez votre départ.",
        "declined_title": "Votre visite est annulée",
        "declined": "Merci de l’avoir dit. Votre hôte le sait.",
        "void_title": "Cette invitation n’est plus valable",
        "void": "Elle a expiré, a été annulée, ou l’adresse est incomplète. Demandez à qui vous a invité(e).",
        "many_title": "Trop d’essais",
        "many": "Attendez une heure, puis ouvrez à nouveau le lien de votre courriel.",
    },
    "es": {
        "title": "Su visita",
        "hello": "Su visita a {company}",
        "for": "Para {name}",
        "code_text": "Escriba este código en el terminal de la entrada, o acerque la imagen a su cámara.",
        "documents": "Para leer antes de venir",
        "documents_text": "Se firma en el terminal, donde haga falta. Aquí puede leer con calma.",
        "coming": "Voy a ir",
        "comes": "Ha dicho que vendrá.",
        "cannot": "No puedo ir",
        "cannot_text": "Se avisa a su anfitrión y la visita se cancela. El código y esta página terminan.",
        "cannot_deed": "Cancelar mi visita",
        "phone": "Su teléfono como llave",
        "phone_text": "Prepare el teléfono que llevará. No abre nada antes de que usted entre; en la "
        "recepción se confirma.",
        "phone_deed": "Registrar este teléfono",
        "phone_done": "Con esta invitación se registró un teléfono. Para otro hace falta una invitación "
        "nueva: pídala a su anfitrión.",
        "inside": "Ya está dentro. La visita termina por sí sola, o cuando avise de su salida.",
        "declined_title": "Su visita está cancelada",
        "declined": "Gracias por avisar. Su anfitrión lo sabe.",
        "void_title": "Esta invitación ya no vale",
        "void": "Ha caducado, se canceló o la dirección no está completa. Pregunte a quien le invitó.",
        "many_title": "Demasiados intentos",
        "many": "Espere una hora y abra de nuevo el enlace de su correo.",
    },
}
TEXTS: Final = {
    language: {name: WORDS[language][name] for name in _OF} | said for language, said in _TEXTS.items()
}
