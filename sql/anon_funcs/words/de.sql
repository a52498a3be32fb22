-- German. A change of a list changes what every value of it becomes.
DELETE FROM anon_funcs.words WHERE locale = 'de';

INSERT INTO anon_funcs.words (locale, kind, ordinal, word)
SELECT 'de', list.kind, entry.ordinal, entry.word
FROM (VALUES
  ('first_name', 'Adelheid|Albert|Alexander|Alma|Andreas|Anja|Annette|Anton|August|Barbara|Bastian|Beate|Bernd|'
    || 'Bernhard|Bettina|Birgit|Björn|Brigitte|Bruno|Carl|Carla|Christa|Christian|Claudia|Clemens|Cornelia|'
    || 'Dagmar|Detlef|Dieter|Dominik|Dorothea|Eberhard|Edith|Elena|Elisabeth|Elke|Elsa|Emil|Erich|Erika|'
    || 'Ernst|Eva|Fabian|Felix|Ferdinand|Florian|Frank|Franziska|Frieda|Friedrich|Gabriele|Georg|Gerda|'
    || 'Gerhard|Gertrud|Gisela|Gregor|Greta|Günther|Gustav|Hannelore|Hans|Hartmut|Hedwig|Heidi|Heike|'
    || 'Heinrich|Heinz|Helene|Helga|Helmut|Henriette|Herbert|Hermann|Hildegard|Holger|Horst|Hubert|Ida|Ilse|'
    || 'Ines|Ingeborg|Ingrid|Irmgard|Jan|Jens|Joachim|Johanna|Jonas|Jörg|Julia|Jürgen|Jutta|Karin|Karl|'
    || 'Katharina|Katja|Kerstin|Kirsten|Klara|Klaus|Konrad|Kurt|Lena|Leonhard|Liesel|Lorenz|Lothar|Ludwig|'
    || 'Luise|Manfred|Marianne|Marlene|Martin|Mathilde|Matthias|Maximilian|Michael|Monika|Moritz|Nadja|'
    || 'Nikolaus|Nina|Norbert|Olaf|Otto|Paul|Paula|Peter|Petra|Rainer|Ralf|Regina|Reinhard|Renate|Richard|'
    || 'Roland|Rosa|Rudolf|Sabine|Sebastian|Siegfried|Sigrid|Silke|Simone|Stefan|Stefanie|Susanne|Sven|'
    || 'Tanja|Theo|Theresa|Thomas|Tobias|Torsten|Ulrich|Ulrike|Ursula|Uwe|Valentin|Verena|Viktor|Volker|'
    || 'Walter|Waltraud|Werner|Wilhelm|Wolfgang'),
  ('last_name', 'Achterberg|Ackermann|Adler|Althaus|Amsel|Arendt|Bachmeier|Baumgart|Bergfeld|Birkner|Blumenthal|'
    || 'Böhmer|Brandt|Breitner|Brinkmann|Bruckner|Buchholz|Burghardt|Dahlmann|Dietrich|Dornbusch|Ebersbach|'
    || 'Eckstein|Ehrlich|Eichhorn|Engelhardt|Erlacher|Falkner|Feldmann|Fichtner|Finkbeiner|Förster|Freitag|'
    || 'Fröhlich|Gebhardt|Gerlach|Goldbach|Grünwald|Gutmann|Haberland|Hagedorn|Hartung|Hasselbach|'
    || 'Heidenreich|Hellwig|Hirschfeld|Hofstetter|Hohenstein|Holzer|Hübner|Immelmann|Jungblut|Kaltenbach|'
    || 'Kestner|Kirchhoff|Kleinschmidt|Klingenberg|Köhler|Kornfeld|Kranich|Kreuzer|Kupfer|Landauer|Lechner|'
    || 'Lerchenfeld|Lichtenberg|Lindner|Löffler|Mahler|Marquardt|Mehring|Morgenroth|Mühlberg|Nachtigall|'
    || 'Neubauer|Niemeyer|Nussbaum|Oberländer|Ostermann|Pfeiffer|Pohlmann|Querfurt|Rademacher|Rabe|Rebmann|'
    || 'Rehberg|Reichelt|Rosenthal|Rothkirch|Ruppert|Sandner|Sauerbier|Schaffner|Schellenberg|Schilling|'
    || 'Schlüter|Schönfeld|Seidel|Silbermann|Sommerfeld|Spatz|Stadler|Steinbrück|Sternberg|Storch|'
    || 'Tannhäuser|Thalmann|Uhlig|Ulmer|Vogelsang|Wachter|Wagenknecht|Waldmann|Weidner|Weissbach|Wiesner|'
    || 'Winkler|Wolfram|Zeidler|Ziegler|Zimmer'),
  ('full_name_format', '{first} {last}'),
  ('city', 'Ahornbach|Altenfurt|Amselfeld|Auenheim|Bärental|Birkenau|Brunnthal|Buchenried|Dornfeld|Ebenhausen|'
    || 'Eichstein|Erlenbrück|Falkenruh|Feldkirchen|Fichtenau|Finkenberg|Forstheim|Grünbach|Gutental|'
    || 'Haselbrunn|Heidefeld|Himmelsried|Hirschau|Hohenlinde|Kaltenborn|Kirschheim|Klarbach|Kornau|'
    || 'Lärchental|Lerchenau|Lindenheim|Mühlbrück|Neuenfurt|Nordheide|Oberquell|Ostried|Quellbach|'
    || 'Rabenstein|Rehfeld|Rosenthal|Sandbrunn|Seeheim|Silberbach|Sommerau|Sonnfeld|Steinfurt|Tannenried|'
    || 'Unterlinde|Waldruh|Weidenbach|Wiesenthal|Winterberg'),
  ('street', 'Ahornweg|Akazienallee|Am Anger|Am Bach|Am Hang|Amselweg|An der Mühle|Auenstraße|Bachgasse|'
    || 'Bahnhofstraße|Bergstraße|Birkenweg|Blumenstraße|Brunnengasse|Buchenallee|Dorfstraße|Drosselweg|'
    || 'Eichenweg|Erlenstraße|Eschenweg|Feldstraße|Finkenweg|Fliederweg|Gartenstraße|Hauptstraße|Heckenweg|'
    || 'Heideweg|Hofgasse|Kastanienallee|Kirchgasse|Kirschenweg|Lärchenstraße|Lerchenweg|Lindenallee|'
    || 'Marktplatz|Meisenweg|Mühlenweg|Nelkenstraße|Parkstraße|Quellenweg|Ringstraße|Rosenweg|Sandweg|'
    || 'Schlossgasse|Schulstraße|Seestraße|Sonnenhang|Talstraße|Tannenweg|Tulpenweg|Ulmenstraße|Waldstraße|'
    || 'Weidenweg|Wiesengrund'),
  ('street_format', '{street} {number}'),
  ('company_head', 'Adler|Ahorn|Amber|Berg|Birken|Blau|Bronze|Eichen|Eisen|Elster|Falken|Feld|Feuer|Fluss|Forst|Gold|'
    || 'Grün|Hafen|Hammer|Herbst|Hirsch|Kiesel|Klar|Korn|Kranich|Kristall|Kupfer|Licht|Linden|Luft|Mond|'
    || 'Nebel|Nord|Ost|Perlen|Quarz|Regen|Rosen|Salz|Schiefer|Silber|Sonnen|Stein|Stern|Süd|Tannen|Wald|'
    || 'Wasser|West|Wolken'),
  ('company_tail', 'bau|blick|brunnen|bund|dach|feld|fels|form|garten|glanz|glas|haus|heim|hof|holz|kraft|kreis|land|'
    || 'licht|mark|meister|mühle|park|quell|rast|rat|ring|ruf|schmiede|see|sicht|stahl|steg|stein|tal|'
    || 'technik|tor|turm|ufer|weg|welle|werk|wind|wurzel|zeit'),
  ('company_format', '{name} GmbH|{name} AG|{name} KG|{name} & Söhne|{name} Gruppe')
) AS list (kind, words),
  unnest(string_to_array(list.words, '|')) WITH ORDINALITY AS entry (word, ordinal);
