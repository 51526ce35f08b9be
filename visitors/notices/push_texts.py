"""What a push says: the sentence that stands on a locked screen, so nobody's name."""

from typing import Final

from visitors.notices.kinds import Kind

PUSHES: Final = {
    Kind.WAITING: {
        "en": "A visitor waits for you",
        "de": "Ein Besuch wartet auf Sie",
        "fr": "Une visite vous attend",
        "es": "Una visita le espera",
    },
    Kind.ARRIVED: {
        "en": "Your visitor has arrived",
        "de": "Ihr Besuch ist da",
        "fr": "Votre visite est arrivée",
        "es": "Su visita ha llegado",
    },
    Kind.CANNOT_COME: {
        "en": "A visitor cannot come",
        "de": "Ein Besuch kann nicht kommen",
        "fr": "Une visite ne peut pas venir",
        "es": "Una visita no puede venir",
    },
    Kind.DELIVERY: {
        "en": "A delivery for you",
        "de": "Eine Lieferung für Sie",
        "fr": "Une livraison pour vous",
        "es": "Una entrega para usted",
    },
}
