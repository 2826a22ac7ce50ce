import{J as t,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function i(){return t(o,{title:"Invitation",children:"\u2026"})}export{i as default};
