-- English. A change of a list changes what every value of it becomes.
DELETE FROM anon_funcs.words WHERE locale = 'en';

INSERT INTO anon_funcs.words (locale, kind, ordinal, word)
SELECT 'en', list.kind, entry.ordinal, entry.word
FROM (VALUES
  ('first_name', 'Abigail|Adam|Alice|Amber|Andrew|Audrey|Beatrice|Benjamin|Blake|Brandon|Bridget|Caleb|Cameron|'
    || 'Caroline|Charlotte|Clara|Colin|Connor|Daisy|Damian|Daniel|Diana|Dorothy|Duncan|Edith|Edward|Eleanor|'
    || 'Elliot|Emily|Esther|Ethan|Evelyn|Felicity|Fiona|Florence|Frances|Gabriel|Gavin|George|Georgia|'
    || 'Gerald|Grace|Graham|Hannah|Harold|Harriet|Harvey|Hazel|Helen|Henry|Holly|Howard|Imogen|Isaac|Isabel|'
    || 'Ivy|Jack|Jasmine|Jasper|Joan|Joel|Jonathan|Joyce|Julian|Keith|Kenneth|Laura|Lauren|Leonard|Lewis|'
    || 'Lily|Louise|Lucas|Lydia|Mabel|Malcolm|Marcus|Margaret|Martha|Maxwell|Megan|Miles|Miriam|Molly|Naomi|'
    || 'Nathan|Neil|Nicola|Nigel|Nora|Oliver|Olivia|Oscar|Pamela|Patrick|Paula|Penelope|Peter|Philip|Phoebe|'
    || 'Rachel|Ralph|Rebecca|Robin|Roland|Rosalind|Rose|Rupert|Ruth|Samuel|Sarah|Scarlett|Sebastian|Shirley|'
    || 'Simon|Sophie|Spencer|Stella|Stuart|Susan|Sylvia|Tabitha|Teresa|Thomas|Timothy|Toby|Vera|Victor|'
    || 'Vincent|Violet|Walter|Wendy|William|Winifred|Zachary'),
  ('last_name', 'Abbott|Archer|Armitage|Ashford|Atwood|Bailey|Barlow|Barrett|Baxter|Beckett|Bellamy|Bishop|Blackwood|'
    || 'Bradford|Bramley|Brewer|Briggs|Brookes|Burgess|Calloway|Carlton|Carver|Chambers|Chandler|Clayton|'
    || 'Cobb|Coleman|Cooper|Crawford|Crosby|Dalton|Dawson|Denham|Dixon|Drake|Eastwood|Ellis|Fairchild|'
    || 'Farrow|Fenwick|Fletcher|Foster|Garland|Gibbs|Goodwin|Grayson|Greenwood|Hadley|Hale|Hammond|Harding|'
    || 'Hartley|Hastings|Hawkins|Hayward|Henley|Hobbs|Holloway|Hubbard|Ingram|Jarvis|Kendall|Kirby|Lambert|'
    || 'Langley|Lockwood|Lowell|Marlow|Marsden|Mercer|Middleton|Milford|Morton|Nash|Newell|Norwood|Oakley|'
    || 'Osborne|Paxton|Pearce|Pemberton|Perry|Porter|Prescott|Quincy|Radford|Ramsey|Redmond|Ridley|Rowland|'
    || 'Sawyer|Selby|Shaw|Shepherd|Sinclair|Slater|Stafford|Stanton|Sutton|Talbot|Tanner|Thornton|Tilley|'
    || 'Townsend|Tucker|Turner|Underwood|Vance|Wainwright|Walton|Warner|Waverly|Webster|Weston|Whitaker|'
    || 'Whitfield|Wilcox|Winslow|Woodward|Wyatt|Yates'),
  ('full_name_format', '{first} {last}'),
  ('city', 'Aldermoor|Ashbrook|Barrowdale|Beckford|Birchwood|Blackmere|Bramhurst|Brightwater|Briarfield|'
    || 'Cedarburg|Clearhaven|Coldstream|Copperfield|Cranleigh|Dunmore|Eastbrook|Elmstead|Fairhaven|Fernhill|'
    || 'Foxhollow|Glenbrook|Goldcrest|Greenhaven|Hartwell|Hawthorne|Highmoor|Hollowbrook|Kingsmere|'
    || 'Lakefield|Larchmont|Linwood|Maplewood|Marshfield|Millbrook|Northmere|Oakhurst|Oldbridge|Pinecrest|'
    || 'Ravenswood|Redcliffe|Riverton|Rosedale|Silverton|Southfield|Stonebridge|Summerfield|Thornbury|'
    || 'Underhill|Westmere|Willowbrook|Windermoor|Woodhaven'),
  ('street', 'Acorn Lane|Alder Road|Ash Street|Beech Avenue|Birch Close|Bridge Street|Brook Lane|Cedar Road|'
    || 'Chapel Street|Cherry Avenue|Chestnut Drive|Church Lane|Clover Court|Cottage Row|Elder Way|'
    || 'Elm Street|Farm Road|Fern Lane|Field Street|Forge Lane|Garden Avenue|Green Lane|Harbour Road|'
    || 'Hawthorn Drive|Hazel Close|Heather Way|High Street|Hill Road|Ivy Lane|Juniper Court|Lake View|'
    || 'Laurel Road|Lime Street|Linden Avenue|Maple Drive|Meadow Lane|Mill Road|Oak Street|Orchard Way|'
    || 'Park Avenue|Pine Street|Poplar Road|Quarry Lane|River Street|Rose Court|Rowan Close|School Lane|'
    || 'Spring Road|Station Street|Valley Drive|Walnut Way|Willow Lane'),
  ('street_format', '{number} {street}'),
  ('company_head', 'Amber|Aspen|Blue|Bramble|Bright|Cinder|Clear|Cobalt|Copper|Crimson|Dawn|Ember|Fern|Flint|Frost|Gold|'
    || 'Granite|Green|Harbour|Hazel|Iron|Juniper|Lark|Maple|Marble|Meadow|Mist|North|Oak|Opal|Pearl|Pine|'
    || 'Quartz|Raven|Red|River|Sage|Silver|Slate|Stone|Summer|Thistle|Timber|Umber|Velvet|Violet|West|'
    || 'Willow|Wren'),
  ('company_tail', 'beam|bridge|brook|craft|crest|field|fold|ford|forge|gate|grove|harbour|haven|hill|leaf|light|line|'
    || 'mark|mere|mill|moor|path|peak|point|port|ridge|rise|rock|root|spring|stead|stream|tide|vale|view|'
    || 'wave|way|well|wind|wood|works|yard'),
  ('company_format', '{name} Ltd|{name} Inc.|{name} Group|{name} & Co.|{name} Partners')
) AS list (kind, words),
  unnest(string_to_array(list.words, '|')) WITH ORDINALITY AS entry (word, ordinal);
