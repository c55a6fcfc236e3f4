"""Phrases by which themes, plugins and editors begin what is not part of the text."""

from __future__ import annotations

import re

APPEARED_FIRST = (
    r"the post .+ (?:appeared first on|first appeared on) .+",
    r"(?:der )?(?:beitrag|artikel) .+ erschien zuerst auf .+",
    r"l[’'´]article .+ est apparu en premier sur .+",
    r"cet article .+ est apparu en premier sur .+",
    r"la entrada .+ (?:se public[oó] primero en|aparece primero en|apareci[oó] primero en) .+",
    r"l[’'´]articolo .+ (?:proviene da|sembra essere il primo su) .+",
    r"o (?:post|conte[uú]do) .+ (?:apareceu primeiro em|aparece primeiro em) .+",
    r"het bericht .+ verscheen eerst op .+",
    r"(?:wpis|artyku[lł]|post) .+ pojawi[lł] si[eę] (?:po ?raz pierwszy w|najpierw na) .+",
    r"(?:wpis|artyku[lł]|post) .+ pochodzi z serwisu .+",
    r"inl[aä]gget .+ d[oö]k f[oö]rst upp p[aå] .+",
    r"indl[aæ]gget .+ blev f[oø]rst udgivet p[aå] .+",
    r"(?:запись|сообщение) .+ (?:впервые появилась|появились сначала) на .+",
    r"post .+ muncul pertama kali pada .+",
    r".+ yazısı ilk önce .+ üzerinde ortaya çıktı",
)
"""What SEO plugins add to feeds, and sites that read feeds keep: the last paragraph."""

SOURCE_LABELS = (
    r"(?:the )?(?:original )?source(?: link| article| url| post| news)?(?: \(.{1,40}\))?",
    r"original (?:article|post|story|link)",
    r"(?:read (?:the )?)?(?:full|original) (?:article|story|post) (?:here|at|on)",
    r"click here to (?:read|view) (?:the )?original(?: article| post| story)?",
    r"quelle|fuente(?: original)?|fonte|bron|kilde|k[aä]lla|[zź]r[oó]d[lł]o|kaynak|sumber",
    r"zdroj|forr[aá]s",
    r"lien source|lien vers l[’'´]article(?: original)?",
    r"источник|джерело|原文(?:链接|連結)?|来源|來源|出典|출처|المصدر|منبع|מקור",
)
"""What a link to the source is called."""

PUBLISHED_LABELS = (
    (
        r"(?:(?:this|the) (?:article|post|story|piece|essay|column|interview|content)?\s*)?"
        r"(?:was |is |has been )?(?:originally|first|previously) "
        r"(?:published|posted|appeared|printed) (?:at|on|in|by)"
    ),
    r"(?:re-?published|re-?posted|reprinted|cross-?posted|syndicated)(?: with permission)? from",
    r"(?:dieser artikel )?(?:ist |wurde )?zuerst (?:erschienen|ver[oö]ffentlicht) (?:auf|bei|in)",
    r"urspr[uü]nglich (?:erschienen|ver[oö]ffentlicht) (?:auf|bei|in)",
    r"(?:article )?publi[eé] (?:[aà] l[’'´]origine|initialement) (?:sur|dans|par)",
    r"publicado originalmente en|publicado originalmente em|pubblicato originariamente su",
    r"оригинал опубликован на",
)
"""How a text says where it was published before."""

READ_ALSO_LABELS = (
    r"also read|read also|read more|read next|read this(?: too| also)?|also see|must[- ]read",
    r"related(?: (?:posts?|articles?|story|stories|reading|news|coverage|content))?",
    r"recommended(?: reading| for you)?|you (?:may|might) also (?:like|enjoy|be interested in)",
    r"don[’']t miss|more on this|more stories|suggested reading|trending",
    r"(?:lire|voir) aussi|[aà] lire(?: aussi| [eé]galement)?|sur le m[eê]me sujet",
    r"(?:lesen sie|lies|lest) auch|auch interessant|mehr zum thema|passend dazu",
    r"lea tambi[eé]n|le[eé] tambi[eé]n|leer (?:tambi[eé]n|m[aá]s)",
    r"(?:tambi[eé]n )?te puede interesar",
    r"leia (?:tamb[eé]m|mais)|veja tamb[eé]m|saiba mais",
    r"leggi anche|ti potrebbe interessare|lees ook",
    r"czytaj (?:te[zż]|tak[zż]e|wi[eę]cej)|zobacz te[zż]",
    r"baca juga|simak juga|ayr[ıi]ca oku(?:yun)?|l[aä]s ocks[aå]|l[aæ]s ogs[aå]",
    r"читайте (?:также|ещ[её])|читать также|смотрите также|читайте також",
)
"""What stands before a link to another text of the same site."""

READ_MORE = (
    r"continue reading|keep reading"
    r"|read (?:the )?(?:more|full (?:article|post|story)|the rest|rest of (?:this|the) \w+|on)"
    r"|view (?:full )?(?:article|post)|\(?more(?:…|\.\.\.)\)?|learn more|full story"
    r"|weiterlesen|mehr lesen|mehr erfahren|lire (?:la suite|plus|l[’'´]article)|en savoir plus"
    r"|leer m[aá]s|seguir leyendo|continuar leyendo|sigue leyendo"
    r"|leia mais|ler mais|continue lendo|continuar a ler"
    r"|leggi tutto|continua a leggere|leggi di pi[uù]|lees (?:meer|verder)"
    r"|czytaj (?:dalej|wi[eę]cej)|l[aä]s mer|les mer|l[aæ]s mere|lue lis[aä][aä]"
    r"|(?:baca )?selengkapnya|devam[ıi]n[ıi] oku"
    r"|читать (?:далее|дальше|полностью)|подробнее|далее|читати далі"
    r"|続きを読む|もっと読む|阅读(?:更多|全文)|繼續閱讀|閱讀更多|더 ?보기"
    r"|اقرأ المزيد|ادامه مطلب|קרא עוד"
)
"""What the tail of an excerpt says."""


def _any(labels: tuple[str, ...]) -> str:
    return "|".join(f"(?:{label})" for label in labels)


APPEARED = re.compile(rf"(?:{_any(APPEARED_FIRST)})", re.IGNORECASE | re.DOTALL)
SOURCE_ONLY = re.compile(rf"\W*(?:{_any(SOURCE_LABELS)})\W*", re.IGNORECASE)
SOURCE_NAMED = re.compile(
    rf"[\W_]*(?P<label>{_any(SOURCE_LABELS)})\s*[:：|–—→»-]+\s*(?P<name>.{{1,160}}?)[\s.)\]]*",
    re.IGNORECASE,
)
VIA = re.compile(
    r"[\W_]*(?:via|h/t|hat tip|mit dank an)\s*[:：]?\s+(?P<name>.{1,80}?)[\s.)\]]*", re.IGNORECASE
)
PUBLISHED = re.compile(
    rf"[\W_]*(?P<label>{_any(PUBLISHED_LABELS)})\s*[:：]?\s*(?P<name>.{{1,200}}?)[\s.)\]]*",
    re.IGNORECASE,
)
READ_ALSO = re.compile(rf"[\W_]*(?:{_any(READ_ALSO_LABELS)})\s*[:：|–—→»>-]*\s*", re.IGNORECASE)
READ_MORE_TAIL = re.compile(
    rf"\s*(?:\[\s*)?(?:…|\.\.\.)(?:\s*\])?[\s(\[«‹>→|–—-]*(?:{READ_MORE})(?!\w).{{0,200}}$",
    re.IGNORECASE,
)
"""After an ellipsis, with the title of the text if need be."""

READ_MORE_ALONE = re.compile(
    rf"(?<=[.!?:;)\]»”])[\s(\[«‹>→|–—-]+(?:{READ_MORE})(?!\w)[.!?…»›>→)\]\s]*$", re.IGNORECASE
)
"""After a sentence, and nothing more."""

ELLIPSIS_TAIL = re.compile(r"\s*[\[(]\s*(?:…|\.\.\.|\. \. \.)\s*[\])]\s*$")
