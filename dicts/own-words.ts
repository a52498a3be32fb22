import type { VOCABULARY } from '../src/detection/vocabulary/words.ts'

/** Short lists that are common knowledge, written for this project. In several languages, parted by commas. */
export const OWN_WORDS: Partial<Record<keyof typeof VOCABULARY, string>> = {
  gender: `male, female, man, woman, m, f, w, d, x, nonbinary, non binary, divers, diverse, mann, frau, männlich, weiblich,
    homme, femme, masculin, féminin, hombre, mujer, masculino, femenino, femenina, masculina, maschio, femmina, maschile,
    femminile, feminino, feminina, man, vrouw, mannelijk, vrouwelijk, mężczyzna, kobieta, мужской, женский, муж, жен, м, ж,
    чоловік, жінка, erkek, kadın, 男, 女, 男性, 女性, 남, 여, 남성, 여성, boy, girl, transgender, trans, genderqueer, other gender`,
  street: `street, st, avenue, ave, road, rd, boulevard, blvd, lane, ln, drive, dr, court, ct, place, square, sq, terrace,
    highway, hwy, parkway, pkwy, way, alley, crescent, close, apt, suite, ste, unit, floor, po box, box, strasse, straße, str, platz, weg, gasse,
    allee, ring, ufer, rue, chemin, impasse, quai, route, calle, avenida, av, plaza, paseo, camino, carrera, via, viale,
    piazza, corso, largo, rua, travessa, praça, rodovia, estrada, straat, laan, plein, kade, gracht, dreef, ulica, ul,
    aleja, plac, osiedle, улица, ул, проспект, пр, переулок, пер, шоссе, бульвар, вулиця, вул, sokak, cadde, mahallesi, ulice, utca, út, tér, gatan, vägen, vej, gade, katu, tie`,
  job: `engineer, manager, director, developer, nurse, teacher, accountant, analyst, administrator, assistant, consultant,
    designer, technician, clerk, officer, specialist, supervisor, coordinator, representative, salesman, salesperson, lawyer,
    attorney, physician, doctor, driver, cook, chef, waiter, secretary, professor, lecturer, scientist, programmer,
    architect, mechanic, electrician, plumber, carpenter, farmer, cashier, receptionist, janitor, guard, president,
    executive, intern, student, retired, unemployed, employed, self employed, homemaker, ingenieur, lehrer, arzt, leiter, berater, verkäufer,
    entwickler, médecin, ingénieur, professeur, directeur, infirmier, infirmière, ingeniero, médico, profesor, abogado,
    enfermera, gerente, impiegato, operaio, medico, insegnante, engenheiro, professor, advogado, инженер, врач, учитель,
    менеджер, директор, бухгалтер, водитель`,
  special: `christian, catholic, roman catholic, protestant, lutheran, orthodox, muslim, islam, hindu, hinduism, buddhist, buddhism, jewish, judaism, sikh,
    atheist, agnostic, jain, mormon, baptist, methodist, anglican, evangelical, shia, sunni, katholisch, evangelisch, muslimisch, catholique, musulman, católico, islamic,
    white, black, asian, hispanic, latino, latina, caucasian, african american, black or african american, native american, american indian,
    pacific islander, native hawaiian, mixed race, multiracial, biracial, arab, roma, indigenous, aboriginal, maori, han, uyghur, kurdish, european, african, mestizo, mulatto, pardo, branco, preto, pardo,
    heterosexual, homosexual, bisexual, gay, lesbian, straight, queer, asexual, pansexual,
    single, married, divorced, widowed, separated, ledig, verheiratet, geschieden, verwitwet, célibataire, marié, mariée, divorcé, veuf, soltero, soltera,
    casado, casada, divorciado, viudo, viuda, celibe, nubile, sposato, sposata, холост, замужем, женат, разведен`,
}
