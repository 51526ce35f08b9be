"""What receipts for consents say, in the person's language. `{title}` is the company's own."""

from credentials.mail_texts import Text

# The text itself follows the first part, word for word, and then the second.
GIVEN = {
    "en": Text(
        "Receipt: what you agreed to at {company}",
        (
            "Hello {name},",
            "on {at} you pressed “{pressed}” under this text{signed}{desk}:",
            "You can withdraw in the wallet under “Privacy” at any time, without a reason: {address}",
            "It was not you? Withdraw there, and tell your company now.",
        ),
    ),
    "de": Text(
        "Beleg: Ihre Einwilligung bei {company}",
        (
            "Guten Tag {name},",
            "am {at} haben Sie unter diesem Text „{pressed}“ gedrückt{signed}{desk}:",
            "Sie können das im Wallet unter „Datenschutz“ jederzeit und ohne Grund widerrufen: {address}",
            "Waren Sie es nicht? Widerrufen Sie dort und sagen Sie Ihrer Firma jetzt Bescheid.",
        ),
    ),
    "fr": Text(
        "Reçu : votre consentement chez {company}",
        (
            "Bonjour {name},",
            "le {at}, vous avez appuyé sur « {pressed} » sous ce texte{signed}{desk} :",
            "Vous pouvez le retirer à tout moment et sans motif dans le wallet, sous « Vie privée » : "
            "{address}",
            "Ce n’était pas vous ? Retirez-le là et prévenez votre entreprise maintenant.",
        ),
    ),
    "es": Text(
        "Recibo: su consentimiento en {company}",
        (
            "Hola, {name}:",
            "el {at} pulsó «{pressed}» bajo este texto{signed}{desk}:",
            "Puede retirarlo en cualquier momento y sin motivo en el wallet, en «Privacidad»: {address}",
            "¿No fue usted? Retírelo allí y avise a su empresa ahora.",
        ),
    ),
}
READ = {
    "en": Text(
        "Receipt: a notice of {company}",
        ("Hello {name},", "on {at} you pressed “{pressed}” under this notice{signed}:"),
    ),
    "de": Text(
        "Beleg: ein Hinweis von {company}",
        ("Guten Tag {name},", "am {at} haben Sie unter diesem Hinweis „{pressed}“ gedrückt{signed}:"),
    ),
    "fr": Text(
        "Reçu : un avis de {company}",
        ("Bonjour {name},", "le {at}, vous avez appuyé sur « {pressed} » sous cet avis{signed} :"),
    ),
    "es": Text(
        "Recibo: un aviso de {company}",
        ("Hola, {name}:", "el {at} pulsó «{pressed}» bajo este aviso{signed}:"),
    ),
}
WITHDRAWN = {
    "en": Text(
        "Receipt: you have withdrawn at {company}",
        ("Hello {name},", "on {at} you withdrew what you had agreed to. It no longer holds. The text was:"),
    ),
    "de": Text(
        "Beleg: Ihr Widerruf bei {company}",
        (
            "Guten Tag {name},",
            "am {at} haben Sie Ihre Einwilligung widerrufen. Sie gilt nicht mehr. Der Text war:",
        ),
    ),
    "fr": Text(
        "Reçu : votre retrait chez {company}",
        (
            "Bonjour {name},",
            "le {at}, vous avez retiré votre consentement. Il n’est plus valable. Le texte était :",
        ),
    ),
    "es": Text(
        "Recibo: su retirada en {company}",
        ("Hola, {name}:", "el {at} retiró su consentimiento. Ya no es válido. El texto era:"),
    ),
}
SIGNED = {
    "en": " and signed with your name: {name}",
    "de": " und mit Ihrem Namen unterschrieben: {name}",
    "fr": " et signé de votre nom : {name}",
    "es": " y firmó con su nombre: {name}",
}
DESK = {
    "en": ", at a desk of your company",
    "de": ", an einem Empfang Ihrer Firma",
    "fr": ", à un bureau de votre entreprise",
    "es": ", en un mostrador de su empresa",
}
KIOSK = {
    "en": ", at a kiosk of the company",
    "de": ", an einem Kiosk der Firma",
    "fr": ", à une borne de l’entreprise",
    "es": ", en un quiosco de la empresa",
}
WITHOUT_PHONE = {
    "en": "Without a phone, tell your company: it withdraws for you, and nothing follows from it.",
    "de": "Ohne Telefon sagen Sie es Ihrer Firma: Sie widerruft für Sie, und Ihnen entsteht kein Nachteil.",
    "fr": "Sans téléphone, dites-le à votre entreprise : elle le retire pour vous, sans aucune conséquence.",
    "es": "Sin teléfono, dígaselo a su empresa: lo retira por usted, sin ninguna consecuencia.",
}
