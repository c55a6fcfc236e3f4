"""The words of which the generated posts are made."""

from __future__ import annotations


def listed(text: str) -> list[str]:
    """Return the words of *text*, in its order."""
    return text.split()


NOUNS = listed("""
harbour bridge council market river valley orchard library station festival museum bakery garden
meadow school theatre workshop archive lantern railway tunnel platform ticket timetable conductor
engine carriage signal depot tram bicycle lane junction roundabout crossing pavement kerb square
fountain statue bench lamp shutter window balcony staircase cellar attic chimney roof gutter tile
brick plaster timber beam hinge handle lock key letter parcel stamp envelope postbox courier
newspaper headline editor printer press paper ink photograph camera lens tripod negative album
recipe flour butter yeast dough crust oven kettle saucepan ladle spoon bowl plate cup saucer
kitchen pantry larder cheese honey apple pear plum cherry walnut chestnut barley oat rye wheat
field hedge ditch stile gate fence barn stable tractor plough harvest seed sapling root branch
leaf bark moss fern heather gorse nettle clover daisy poppy thistle sparrow heron owl kestrel
swallow otter badger hedgehog squirrel beetle butterfly lake pond stream weir mill dam sluice
ferry barge rudder anchor sail mast rope net buoy lighthouse cliff cove beach dune tide storm
fog frost thaw drizzle breeze season winter autumn weekend morning evening budget proposal vote
committee chair minutes agenda petition survey report figure chart margin estimate invoice grant
permit licence contract tenant landlord neighbour visitor volunteer apprentice carpenter mason
plumber gardener teacher pupil librarian nurse doctor chemist clinic ward patient remedy dose
choir violin cello drum trumpet melody chorus rehearsal audience stage curtain costume script
goal referee striker keeper season league trophy whistle pitch stand supporter coach captain
sensor cable battery server folder module printer keyboard monitor password backup update patch
""")

VERBS = listed("""
opened closed repaired painted measured counted planned delayed approved rejected postponed
restored rebuilt extended shortened widened cleared flooded drained planted pruned harvested
stored sold bought lent borrowed returned copied printed published corrected translated reviewed
praised questioned defended explained described announced promised denied confirmed discovered
followed crossed reached left entered inspected tested replaced lifted lowered carried dropped
collected sorted labelled packed shipped delivered unpacked baked boiled tasted served shared
taught learned practised performed recorded photographed filmed archived catalogued renamed
funded sponsored organised hosted joined visited welcomed thanked remembered honoured surprised
surrounded protected watched guarded cleaned polished mended stitched folded wrapped hung
connected unplugged charged upgraded installed removed configured monitored balanced compared
""")

ADJECTIVES = listed("""
old new small large narrow wide quiet noisy bright dark cold warm damp dry steep gentle rough
smooth heavy light early late local regional public private wooden stone iron copper painted
rusty broken mended forgotten famous modest generous careful patient sudden gradual seasonal
annual weekly daily temporary permanent hidden open crowded empty cheerful solemn curious plain
ornate simple complex reliable fragile sturdy slender round square crooked straight northern
southern eastern western coastal rural urban medieval modern disused popular rare common certain
uncertain expensive cheap useful unusual familiar distant nearby shallow deep fresh stale sweet
bitter salty ripe unripe green yellow scarlet blue grey silver golden pale
""")

ADVERBS = listed("""
slowly quickly quietly suddenly carefully finally gladly rarely often usually always almost nearly
partly entirely briefly recently already still again together apart outside upstairs downstream
indoors nearby overnight instead moreover meanwhile afterwards beforehand perhaps certainly
""")

PLACES = listed("""
Ashcombe Brindlewick Caldermouth Dunhallow Elmsworth Farrowby Gadsholme Hartlebrook Inverloch
Jessamy Kestleford Larkenham Marlowick Netherby Oakhanger Pennywell Quarrendale Ravensgill
Saltmarsh Tarnforth Ulverdale Vinterholm Wexcombe Yarrowfield Zeddlestone Møllerby Sønderhavn
Grünfeld Châtelmont Łąkowo
""")

FIRST_NAMES = listed("""
Ada Bram Clara Daan Edith Finn Greta Hugo Ines Jonas Karin Lionel Mina Nils Odile Piet Quentin
Rosa Sven Thea Ursel Viktor Wanda Xenia Yorick Zoë Émile Jürgen Søren Inés
""")

SURNAMES = listed("""
Appleyard Birkett Cooper Drummel Eastlake Fennimore Garrick Holloway Ibbotson Jankers Kettering
Lindqvist Merrow Nordahl Oxley Pemberton Quill Rosenthal Sandquist Tolliver Underhay Vantongeren
Whitlock Yardley Zwart Müllner Bäckström Peñalver Dvořáček Lefèvre
""")

UNITS = listed("metres kilograms litres euros visitors pages hours tickets seats trees")

LANGUAGES = ("python", "bash", "css", "sql")
"""What code blocks are written in."""

DOMAINS = (
    "news.example.net",
    "www.example.com",
    "archive.example.org",
    "maps.example.net",
    "blog.example.com",
)
"""Where outgoing links lead."""
