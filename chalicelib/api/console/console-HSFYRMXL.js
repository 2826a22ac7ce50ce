import{b as p}from"./chunk-5OH53HYO.js";import"./chunk-FPOVV5NG.js";import"./chunk-KKOEQFQ2.js";import{d as m,dc as o}from"./chunk-2QNLXYX4.js";m(o(p,{}),document.getElementById("app"));
