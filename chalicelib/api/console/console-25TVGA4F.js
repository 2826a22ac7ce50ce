import{b as p}from"./chunk-JCSONQED.js";import"./chunk-5QGWSZCH.js";import"./chunk-E2XX34KC.js";import{d as m,dc as o}from"./chunk-CKVEXK7Z.js";m(o(p,{}),document.getElementById("app"));
