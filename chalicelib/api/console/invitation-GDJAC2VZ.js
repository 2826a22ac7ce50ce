import{a as t,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function i(){return t(o,{title:"Invitation",children:"\u2026"})}export{i as default};
