import{a as e,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function i(){return e(o,{title:"Policies",children:"\u2026"})}export{i as default};
