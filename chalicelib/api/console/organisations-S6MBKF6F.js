import{ja as t,la as o}from"./chunk-DRBH7T5H.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
