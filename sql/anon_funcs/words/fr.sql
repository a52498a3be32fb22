-- French. A change of a list changes what every value of it becomes.
DELETE FROM anon_funcs.words WHERE locale = 'fr';

INSERT INTO anon_funcs.words (locale, kind, ordinal, word)
SELECT 'fr', list.kind, entry.ordinal, entry.word
FROM (VALUES
  ('first_name', 'Adèle|Adrien|Agathe|Alain|Albane|Alexis|Aline|Ambre|Anaïs|André|Antoine|Apolline|Arnaud|Arthur|'
    || 'Astrid|Aubin|Aude|Audrey|Augustin|Aurélie|Axel|Baptiste|Bastien|Benoît|Bérénice|Bernard|Blanche|'
    || 'Brigitte|Camille|Capucine|Céleste|Céline|Charles|Chloé|Claire|Clément|Clémence|Corentin|Cyril|'
    || 'Damien|Delphine|Denis|Didier|Diane|Dorian|Édith|Édouard|Élise|Élodie|Éloïse|Émile|Émilie|Emma|Éric|'
    || 'Estelle|Étienne|Eugénie|Fabien|Fanny|Félix|Fernand|Florence|Florent|François|Gabin|Gabrielle|'
    || 'Gaspard|Gauthier|Geneviève|Georges|Gilles|Gisèle|Grégoire|Guillaume|Gustave|Hector|Hélène|Henri|'
    || 'Hortense|Hugo|Inès|Irène|Isabelle|Ivan|Jacques|Jean|Jeanne|Jérôme|Joséphine|Joël|Judith|Jules|Julie|'
    || 'Justine|Laurent|Léa|Léon|Léonie|Lise|Loïc|Louis|Louise|Luc|Lucie|Ludovic|Madeleine|Manon|Marc|'
    || 'Margaux|Marine|Marius|Mathilde|Mathis|Maurice|Maxime|Mélanie|Michel|Mireille|Monique|Nadine|'
    || 'Nathalie|Nicolas|Noé|Noémie|Océane|Odette|Olivier|Ombeline|Pascal|Paul|Pauline|Perrine|Philippe|'
    || 'Pierre|Quentin|Raphaël|Raymond|Régine|Rémi|René|Robin|Romain|Rosalie|Roxane|Sabine|Salomé|Sébastien|'
    || 'Serge|Simone|Solène|Suzanne|Sylvain|Théo|Thérèse|Thibault|Tristan|Valentin|Véronique|Victoire|'
    || 'Violette|Vivien|Xavier|Yann|Yves|Zoé'),
  ('last_name', 'Aubertin|Auclair|Baillargeon|Barbeau|Beauchamp|Beaulieu|Bellerose|Belmont|Bergeron|Blanchard|'
    || 'Bonnefoy|Bouchard|Boulanger|Bourgeois|Brisebois|Cadieux|Carpentier|Castelneau|Chabot|Champagne|'
    || 'Chapuis|Charbonneau|Charpentier|Chastain|Chevalier|Clairval|Clavel|Corbeil|Cormier|Courtois|Dauphin|'
    || 'Delacroix|Delaunay|Delorme|Desjardins|Deschamps|Desrosiers|Duchêne|Dufresne|Dulac|Dumoulin|Dupré|'
    || 'Durivage|Escoffier|Fauvel|Favreau|Fleury|Fontaine|Forestier|Fournel|Gaillard|Garnier|Gervais|'
    || 'Giraudet|Godard|Grandpré|Grosjean|Guérin|Hautbois|Jolivet|Jourdain|Labelle|Lacombe|Lafleur|Lagarde|'
    || 'Lajoie|Lalande|Lambert|Lanctôt|Lapierre|Laplante|Larivière|Lasalle|Laurier|Lavigne|Leclair|Lefort|'
    || 'Lemaire|Letendre|Loiseau|Lorrain|Malherbe|Marchand|Maréchal|Marsan|Mauger|Mercier|Mondor|Montclair|'
    || 'Moreau|Nadeau|Noyer|Ormeaux|Pasquier|Pelletier|Perrault|Picard|Pinsonneault|Plessis|Poirier|Prévost|'
    || 'Quesnel|Rivard|Rochefort|Rosier|Rousselet|Sauvage|Savard|Sauvignon|Soleil|Tailleur|Tessier|Tournier|'
    || 'Tremblay|Vaillant|Valcourt|Vasseur|Verdier|Vermeil|Vignault|Villeneuve|Voisin'),
  ('full_name_format', '{first} {last}'),
  ('city', 'Aubeval|Beaufontaine|Beauruisseau|Belle-Rive|Boisclair|Bourg-aux-Chênes|Brumeval|Champfleuri|'
    || 'Chantepierre|Châtelmont|Clairefontaine|Clairvaux-le-Bois|Combe-Verte|Côte-aux-Vignes|Eaux-Claires|'
    || 'Fermont|Feuilleval|Fontbelle|Grand-Tilleul|Hautepierre|Haute-Rivière|Joliville|La Chênaie|'
    || 'La Roseraie|Lac-aux-Saules|Les Bruyères|Les Tilleuls|Longpré|Mare-aux-Joncs|Marvilliers|Montbel|'
    || 'Mont-aux-Pins|Moulin-Neuf|Neuvelle|Orme-le-Vieux|Petit-Bosquet|Pierreclos|Plaine-aux-Blés|'
    || 'Pont-aux-Saules|Pré-Joli|Puits-Vert|Rivebelle|Rochebrune|Roquebelle|Sableval|Saulnaie|Source-Vive|'
    || 'Tourneville|Valfleuri|Valombre|Vertbois|Vieux-Moulin'),
  ('street', 'allée des Acacias|allée des Bouleaux|allée des Tilleuls|avenue de la Gare|avenue des Érables|'
    || 'avenue des Marronniers|avenue du Lac|avenue du Parc|boulevard des Lilas|boulevard du Midi|'
    || 'chemin de la Source|chemin des Bergers|chemin des Écoliers|chemin des Vignes|chemin du Moulin|'
    || 'chemin du Verger|impasse des Merles|impasse des Roses|impasse du Puits|passage des Artisans|'
    || 'place de l''Église|place du Marché|place des Ormes|quai des Saules|rue Basse|rue Haute|rue Neuve|'
    || 'rue de l''Abreuvoir|rue de l''Étang|rue de la Chapelle|rue de la Colline|rue de la Fontaine|'
    || 'rue de la Forge|rue de la Prairie|rue des Alouettes|rue des Bleuets|rue des Cerisiers|'
    || 'rue des Champs|rue des Chênes|rue des Genêts|rue des Hirondelles|rue des Jardins|rue des Jonquilles|'
    || 'rue des Mésanges|rue des Noisetiers|rue des Peupliers|rue des Platanes|rue du Bocage|rue du Four|'
    || 'rue du Lavoir|rue du Pont|rue du Ruisseau'),
  ('street_format', '{number} {street}'),
  ('company_head', 'Alba|Ambre|Argent|Aube|Azur|Bleu|Bosque|Brise|Carmin|Cèdre|Ciel|Clair|Corail|Cristal|Dune|Écume|'
    || 'Étoile|Flamme|Fleur|Forêt|Givre|Grès|Horizon|Indigo|Ivoire|Jade|Lac|Lavande|Lierre|Lune|Marbre|'
    || 'Mistral|Mousse|Nacre|Neige|Nord|Ocre|Olive|Onyx|Opale|Or|Perle|Quartz|Rive|Rosée|Sable|Saphir|'
    || 'Soleil|Terre|Vent'),
  ('company_tail', 'anova|arc|bâti|bel|bois|champ|clair|conseil|cour|croix|dor|elle|éo|étal|fer|form|gaz|ia|ium|lab|'
    || 'ligne|lis|lux|mar|mont|net|nov|onde|opte|pierre|plan|pont|port|pré|rama|sens|sol|son|tec|terre|tia|'
    || 'val|verre|via|vie|vigne|ville'),
  ('company_format', '{name} SARL|{name} SA|{name} SAS|{name} et Fils|Groupe {name}')
) AS list (kind, words),
  unnest(string_to_array(list.words, '|')) WITH ORDINALITY AS entry (word, ordinal);
