"""What the people of the demo say: what they ask for, what they answer, who they are."""

from typing import NamedTuple


class Topic(NamedTuple):
    """Something that people ask for again and again, with its type and the weight of it."""

    subject: str
    description: str
    type: str
    weight: int = 1


# By category: its team, its subcategories, its topics.
CATEGORIES: dict[str, tuple[str, tuple[str, ...], tuple[Topic, ...]]] = {
    "Network": (
        "Networks",
        ("VPN", "Wi-Fi", "Wired"),
        (
            Topic(
                "VPN drops every {n} minutes",
                "Since the update on {place} it drops and asks again.",
                "incident",
                4,
            ),
            Topic(
                "No Wi-Fi on {place}", "Nobody in our corner gets an address. Phones neither.", "incident", 3
            ),
            Topic(
                "How do I reach the VPN from abroad?", "I travel next week. What do I install?", "question", 2
            ),
            Topic(
                "A port for the new desk on {place}",
                "Two sockets, please: a screen and a phone.",
                "service_request",
            ),
            Topic("Downloads are slow on {place}", "A file of {n} MB takes half an hour.", "complaint"),
        ),
    ),
    "Hardware": (
        "Hardware",
        ("Laptop", "Printer", "Phone"),
        (
            Topic(
                "The printer on {place} is offline", "It blinks red and the queue is stuck.", "incident", 3
            ),
            Topic(
                "A laptop for our new colleague",
                "She starts in {n} days and needs the usual set-up.",
                "resource_request",
                3,
            ),
            Topic(
                "Battery lasts {n} minutes",
                "It was fine until last month. Is it still under warranty?",
                "claim",
                2,
            ),
            Topic(
                "Second screen for {place}",
                "For the accounting team, as agreed with Finance.",
                "resource_request",
                2,
            ),
            Topic("Docking station is not recognised", "Unplugging it twice helps for an hour.", "incident"),
        ),
    ),
    "Applications": (
        "Applications",
        ("Accounting", "CRM", "Intranet"),
        (
            Topic(
                "Invoices export with an empty column",
                "The tax column is empty since {place} was added.",
                "incident",
                3,
            ),
            Topic("The CRM shows an error when saving", "Error {n}. It worked this morning.", "incident", 3),
            Topic(
                "Could reports open on the last filter?",
                "We set the same filter {n} times a day.",
                "suggestion",
                2,
            ),
            Topic(
                "A report of orders by region",
                "For the meeting on Monday, by region and month.",
                "service_request",
                2,
            ),
            Topic(
                "I was charged twice for my licence", "The card shows two bookings of the same day.", "claim"
            ),
        ),
    ),
    "Access": (
        "Service desk",
        ("Password", "Permissions", "Badge"),
        (
            Topic("Locked out after my holidays", "It says the password has expired.", "incident", 4),
            Topic(
                "Access to the folder of {place}",
                "My manager has agreed, she is in copy.",
                "service_request",
                3,
            ),
            Topic("My badge does not open {place}", "It beeps twice and stays red.", "incident", 2),
            Topic("Who can see my documents?", "I would like to know before I share them.", "question"),
        ),
    ),
    "Email": (
        "Service desk",
        ("Mailbox", "Spam", "Calendar"),
        (
            Topic(
                "Mails to a supplier come back", "They bounce with code {n} since yesterday.", "incident", 3
            ),
            Topic(
                "A shared mailbox for {place}", "Five people, all of them may answer.", "service_request", 2
            ),
            Topic(
                "Meeting invitations an hour late",
                "Since the clocks changed, in one calendar only.",
                "incident",
            ),
            Topic(
                "Too much spam gets through", "About {n} a day, mostly invoices that are none.", "complaint"
            ),
        ),
    ),
}
SPIKE = Topic(
    "The VPN gateway does not answer", "Nobody in our office can connect since this morning.", "incident"
)
PLACES = (
    "floor 1",
    "floor 2",
    "floor 3",
    "the annex",
    "the warehouse",
    "reception",
    "meeting room 4",
    "the lab",
)
TAGS = ("vip", "remote", "onboarding", "warranty", "recurring", "quick-win", "branch-north", "branch-south")

FIRST_ANSWERS = (
    "Hello {customer}, thank you for writing. I am looking into it now.",
    "Hi {customer}, I have reproduced it here and will come back to you today.",
    "Hello {customer}, I took this over. Could you leave the device switched on?",
    "Hi {customer}, this looks like something we have seen before. Give me an hour.",
)
QUESTIONS = (
    "Could you tell me which version you see under Help, About?",
    "Does it happen on another network too, say with your phone as a hotspot?",
    "Could you send me a picture of the message?",
    "When would it suit you that I take over your screen for ten minutes?",
)
REPLIES = (
    "It is version 4.{n}. I restarted it twice.",
    "Yes, at home too.",
    "Here it is. It came up again a minute ago.",
    "Any time after eleven is fine.",
)
NUDGES = (
    "Is there any news?",
    "It happened again this morning.",
    "Two colleagues have the same.",
    "How long will it take?",
)
ANSWERS = (
    "We are still on it: the supplier has confirmed the fault.",
    "I have changed a setting on our side. Could you try once more?",
    "A replacement is on its way and should be there tomorrow.",
    "Thank you for waiting. I expect to have it done today.",
)
NOTES = (
    "Same switch as last week. We should replace it.",
    "Waiting for the supplier's reference, they promised it by noon.",
    "Cleared the cache on the server; if it returns, restart the service.",
    "Checked the logs: nothing before 08:40.",
)
RESOLUTIONS = (
    "It was a setting that the last update had put back. It is right again, and stays so.",
    "I replaced the part and tested it with you on the phone. Please write if it comes back.",
    "Your access is there from now on; sign out and in once.",
    "The supplier has fixed it on their side. I checked it this afternoon.",
    "Done as asked. You find it under your usual link.",
)
STILL_WRONG = ("Sorry, it is back since this morning.", "That helped for an hour, then the same again.")
PRAISE = ("Quick and friendly.", "Thank you!", "Solved within the hour.", "Very clear explanation.")
BLAME = ("It took far too long.", "I had to ask three times.", "Solved, but nobody told me what it was.")

ORGANISATIONS = (
    "Alder Logistics", "Birch & Sons", "Cedar Clinic", "Delta Foods", "Elm Publishing", "Fir Insurance",
    "Grove Schools", "Hazel Energy", "Iris Textiles", "Juniper Travel", "Kestrel Legal", "Linden Pharma",
)  # fmt: skip
FIRST_NAMES = (
    "Alba", "Bruno", "Clara", "Diego", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karla", "Leo",
    "Marta", "Nils", "Olga", "Pablo", "Rosa", "Simon", "Teresa", "Viktor",
)  # fmt: skip
LAST_NAMES = (
    "Aguilar",
    "Brandt",
    "Castro",
    "Dietz",
    "Esteban",
    "Fuchs",
    "Gil",
    "Hahn",
    "Ibarra",
    "Jung",
    "Keller",
    "Lopez",
)
AGENTS = (
    ("Nora Novak", ("Networks",)),
    ("Ivo Ilić", ("Networks", "Hardware")),
    ("Hanna Holm", ("Hardware",)),
    ("Pau Prats", ("Hardware", "Service desk")),
    ("Amir Adler", ("Applications",)),
    ("Lucía Lara", ("Applications",)),
    ("Sofie Sand", ("Service desk",)),
    ("Tom Tran", ("Service desk", "Networks")),
)
