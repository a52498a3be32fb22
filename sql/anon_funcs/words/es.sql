-- Spanish. A change of a list changes what every value of it becomes.
DELETE FROM anon_funcs.words WHERE locale = 'es';

INSERT INTO anon_funcs.words (locale, kind, ordinal, word)
SELECT 'es', list.kind, entry.ordinal, entry.word
FROM (VALUES
  ('first_name', 'Abril|Adela|Adrián|Agustín|Aitana|Alba|Alberto|Alejandra|Alfonso|Alicia|Álvaro|Amparo|Ana|Andrés|'
    || 'Ángela|Antonio|Ariadna|Arturo|Aurora|Beatriz|Begoña|Benito|Bernardo|Berta|Blanca|Bruno|Camila|Carla|'
    || 'Carlos|Carmen|Carolina|Catalina|Cecilia|Celia|César|Clara|Claudia|Concepción|Consuelo|Cristina|'
    || 'Cristóbal|Dámaso|Daniela|David|Diego|Dolores|Domingo|Elena|Elisa|Emilio|Encarnación|Enrique|Ernesto|'
    || 'Esperanza|Esteban|Estela|Eugenia|Eva|Fabiola|Federico|Felipe|Fermín|Fernando|Francisca|Francisco|'
    || 'Gabriela|Gaspar|Gema|Gerardo|Germán|Gloria|Gonzalo|Gregorio|Guadalupe|Guillermo|Héctor|Hugo|Ignacio|'
    || 'Inés|Inmaculada|Irene|Isabel|Ismael|Iván|Jacinto|Jaime|Javier|Jimena|Joaquín|Jorge|José|Josefina|'
    || 'Juan|Juana|Julia|Julián|Laura|Leandro|Leonor|Leticia|Lorena|Lorenzo|Lourdes|Lucas|Lucía|Luis|Luisa|'
    || 'Macarena|Magdalena|Manuel|Manuela|Marcelo|Marcos|Margarita|María|Mariano|Marina|Mario|Marta|Martín|'
    || 'Mateo|Matilde|Mauricio|Mercedes|Miguel|Milagros|Mónica|Montserrat|Natalia|Nicolás|Nieves|Noelia|'
    || 'Nuria|Olga|Óscar|Pablo|Paloma|Patricia|Pedro|Pilar|Purificación|Rafael|Ramiro|Ramón|Raquel|Raúl|'
    || 'Rebeca|Ricardo|Roberto|Rocío|Rodrigo|Rosario|Rubén|Salvador|Sara|Sergio|Silvia|Simón|Sofía|Soledad|'
    || 'Susana|Teodoro|Teresa|Tomás|Valentina|Vanesa|Vera|Vicente|Victoria|Violeta|Virginia|Ximena|Yolanda'),
  ('last_name', 'Abad|Acosta|Aguirre|Alameda|Alarcón|Alcázar|Alonso|Altamira|Amador|Arenas|Arroyo|Ávila|Ballesteros|'
    || 'Barranco|Barrios|Becerra|Bellido|Benavente|Bermejo|Blanco|Bosque|Bravo|Bustos|Cabello|Cáceres|'
    || 'Calderón|Camacho|Campos|Cano|Carballo|Cárdenas|Carrasco|Carrillo|Castellanos|Castillo|Cerezo|'
    || 'Cisneros|Colmenar|Contreras|Cordero|Cortés|Crespo|Cuesta|Delgado|Donoso|Duarte|Encinas|Escudero|'
    || 'Espejo|Espinosa|Estévez|Fajardo|Ferrer|Figueroa|Flores|Fuentes|Galán|Gallardo|Garrido|Gavilán|'
    || 'Guerrero|Herrero|Hidalgo|Hinojosa|Hoyos|Huerta|Ibarra|Iglesias|Izquierdo|Jurado|Lago|Laguna|Lara|'
    || 'Ledesma|Leiva|Linares|Llanos|Lobo|Lozano|Luna|Macías|Maldonado|Manzano|Marín|Mármol|Medina|Mejía|'
    || 'Mendoza|Merino|Molina|Montalvo|Montes|Morales|Moya|Nájera|Navarro|Nieto|Nogales|Ocaña|Olivares|'
    || 'Olmedo|Ortega|Pacheco|Palacios|Palomares|Pardo|Paredes|Peña|Pino|Pizarro|Ponce|Prado|Quintana|'
    || 'Quiroga|Ramos|Redondo|Reyes|Ríos|Robles|Rosales|Rueda|Salas|Salinas|Sandoval|Santana|Serrano|Sierra|'
    || 'Soler|Soto|Tapia|Tejada|Toledo|Torres|Trujillo|Ureña|Valencia|Valle|Vargas|Vega|Velasco|Vidal|Viñas|'
    || 'Zamora|Zapata'),
  ('full_name_format', '{first} {last}'),
  ('city', 'Aguaclara|Alameda del Río|Albarena|Almendral Alto|Arenales|Arroyo Nuevo|Bellavista del Mar|'
    || 'Bosqueverde|Brisa del Norte|Campo de Olivos|Campofrío|Cañaverde|Casablanca del Valle|Castilviejo|'
    || 'Cerezal|Cerro Pardo|Costaluz|Cumbre Alta|Dehesa Nueva|El Encinar|El Jaral|El Romeral|Fuenteclara|'
    || 'Fuente del Pino|Granja del Prado|Hoyoverde|La Almazara|La Chopera|La Retama|Laguna Serena|'
    || 'Las Acacias|Las Golondrinas|Llano Alto|Loma del Viento|Los Almendros|Los Juncos|Manantial|'
    || 'Mirasierra|Molino Viejo|Monte Laurel|Montesol|Naranjal|Nogalera|Olivar Bajo|Palmarejo|Peñalisa|'
    || 'Piedra Blanca|Pinar del Lago|Pradoluengo|Puente Nuevo|Ribera Alta|Rosaleda|Sauceda|Soto de la Vega|'
    || 'Tierra Llana|Torrealba|Valdeflores|Valle Hermoso|Vegaluz|Villaserena'),
  ('street', 'Avenida de los Álamos|Avenida de las Palmeras|Avenida del Parque|Avenida del Mar|Calle Alta|'
    || 'Calle Ancha|Calle Baja|Calle de la Fuente|Calle de la Iglesia|Calle de la Luna|Calle de la Noria|'
    || 'Calle de la Paz|Calle de la Rosa|Calle de la Sierra|Calle de las Flores|Calle de las Huertas|'
    || 'Calle de los Cerezos|Calle de los Herreros|Calle de los Naranjos|Calle de los Olivos|'
    || 'Calle de los Pinos|Calle de los Tilos|Calle del Agua|Calle del Almendro|Calle del Arroyo|'
    || 'Calle del Campo|Calle del Castaño|Calle del Clavel|Calle del Jardín|Calle del Laurel|'
    || 'Calle del Molino|Calle del Nogal|Calle del Olmo|Calle del Pozo|Calle del Prado|Calle del Puente|'
    || 'Calle del Río|Calle del Sol|Calle Mayor|Calle Nueva|Camino de la Ermita|Camino del Cerro|'
    || 'Camino Viejo|Carrera del Darro Nuevo|Paseo de la Alameda|Paseo de la Ribera|Paseo del Lago|'
    || 'Plaza de la Constancia|Plaza del Mercado|Plaza Mayor|Ronda del Norte|Travesía del Huerto'),
  ('street_format', '{street} {number}'),
  ('company_head', 'Agua|Alba|Álamo|Alto|Ámbar|Arena|Aurora|Azul|Blanca|Bosque|Brisa|Campo|Cedro|Cima|Clara|Cobre|Coral|'
    || 'Costa|Cumbre|Dorada|Duna|Encina|Estrella|Faro|Flor|Fuente|Granito|Isla|Jade|Lago|Laurel|Lirio|Luna|'
    || 'Luz|Mar|Marfil|Monte|Nieve|Norte|Olivo|Onda|Palma|Perla|Piedra|Pino|Plata|Prado|Río|Roble|Sierra|'
    || 'Sol|Sur|Tierra|Valle|Vento'),
  ('company_tail', 'bell|cal|campo|cer|clar|costa|dal|dora|fer|flor|form|gal|gráf|hogar|labor|lar|liber|luz|mar|mares|'
    || 'mont|mundo|nor|nova|obra|onda|pal|plan|plus|port|rama|red|rosa|sal|san|sol|sur|tec|terra|val|verde|'
    || 'vía|vida|villa|vista|vox'),
  ('company_format', '{name} S.L.|{name} S.A.|{name} e Hijos|Grupo {name}|{name} y Compañía')
) AS list (kind, words),
  unnest(string_to_array(list.words, '|')) WITH ORDINALITY AS entry (word, ordinal);
