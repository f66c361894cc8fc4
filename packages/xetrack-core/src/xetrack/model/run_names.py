"""The words of which track ids are made: 284 adjectives and 337 nouns from nature."""

ADJECTIVES = """
able agile airy alert alpine amber ample ancient apt arctic ardent artful astral atomic autumn
azure balanced balmy beaming blithe blue bold brave breezy bright brisk bronze calm candid careful
cedar celestial charming cheery chief civil classic clean clear clever coastal cobalt cool copper
coral cordial cosmic cozy crafty crimson crisp crystal curious dapper daring dawn deep deft
delicate desert devoted diligent distant dusty eager early earnest easy elated electric elegant
emerald eminent endless epic exact fabled fair faithful famous fancy fearless fertile festive
fiery fine firm fleet floral fluent fluffy flying fond forest frank free fresh friendly frosty
frugal gallant genial gentle genuine gifted gilded glad gleaming glowing golden graceful grand
grateful green handy happy hardy harmonic hazel hearty hidden hollow honest humble hushed icy
ideal idle indigo inner ivory ivy jade jaunty jolly jovial joyful keen kind kindly large lasting
lavish leafy light lilac limber lively logical loyal lucid lucky lunar magic maple marble marine
maroon meadow mellow merry mighty mild mindful mint misty modest mossy mystic native navy neat
nimble noble northern novel oaken ocean olive onyx opal open orange orderly ornate pale patient
peaceful pearl perky placid plucky plum poised polar polite prime proud prudent pure quaint quick
quiet radiant rapid rare ready regal robust rosy royal ruby rustic sable sage sandy satin scarlet
serene shady sharp shining shy silent silken silver simple sincere sleek slim smooth snowy solar
solid sonic southern spry stable starry steady stellar still stoic stout sturdy subtle sunny
supple sure swift tactful tall tame tangy tawny tender tidal tidy tranquil trim true trusty upbeat
urban useful valiant vast velvet verdant vibrant violet vivid warm wary wild willing windy wise
witty wooden worthy young zealous zesty
""".split()

NOUNS = """
acorn albatross alder alpaca antelope antler ape arch aspen aster badger bamboo basil bat bay bear
beaver beetle birch bison blossom boar bobcat brook buffalo bunting burrow butterfly buzzard
cactus camel canary canyon capybara caribou carp cat cedar cheetah chickadee chipmunk cicada cliff
clover cobra cod comet condor coral cougar cove coyote crab crane creek cricket crow cuckoo
cypress daisy deer delta dingo dolphin donkey dormouse dove dragonfly drake duck dune eagle
echidna eel egret eland elephant elk elm ember emu ermine falcon fawn fennel fern ferret finch fir
firefly fjord flamingo flounder fox frog gannet gazelle gecko gerbil geyser gibbon giraffe glacier
glade gnu goat goldfinch goose gopher gorge gorilla grebe grouse grove gull gully guppy haddock
hamster harbor hare harrier hawk hazel heath hedgehog heron herring hill hippo hornet horse hound
hummingbird hyena ibex ibis iguana impala inlet iris island ivy jackal jackdaw jaguar jasmine jay
jellyfish juniper kangaroo kelp kestrel kingfisher kite kiwi koala koi krill lagoon lake lamb
lapwing larch lark laurel lavender lemming lemur leopard lichen lily limpet linnet lion lizard
llama lobster loon lotus lynx macaw mackerel magnolia magpie mallard manatee mantis maple marlin
marmot marten meadow meerkat merlin mesa mink minnow mole mongoose moose moss moth mountain mouse
mule muskrat myrtle narwhal newt nightingale nutmeg oak oasis ocelot octopus okapi olive opossum
orca orchid oriole oryx osprey ostrich otter owl ox oyster panda panther parrot partridge peacock
peak pebble pelican penguin peony perch petrel pheasant pigeon pike pine piranha plateau platypus
plover pond poplar poppy porcupine porpoise prairie puffin puma python quail quokka rabbit raccoon
raven ravine redwood reef reindeer ridge river robin rook rose salamander salmon sandpiper sardine
seal sequoia shark sheep shrew shrimp skunk skylark sloth snail snipe sparrow spruce squid
squirrel starling stoat stork stream sturgeon summit swallow swan swift tamarin tapir tern thicket
thistle thrush tiger toad tortoise toucan trout tulip tuna tundra turkey turtle valley viper
volcano vole vulture wagtail walnut walrus warbler wasp weasel whale willow wolf wombat woodlark
woodpecker wren yak yew zebra
""".split()
